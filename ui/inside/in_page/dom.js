// Elements of a page, made in one call each.

import { colour, make } from "../../shared/in_page/dom.js"

export { colour, make }

/**
 * A field to choose from, with its label.
 * @param {string} label
 * @param {[string, string][]} options a value and its words each.
 * @param {(value: string) => void} changed
 */
export function choice(label, options, changed) {
  const select = make("select", { ariaLabel: label, onchange: () => changed(select.value) })
  select.append(...options.map(([value, words]) => make("option", { value, textContent: words })))
  return { element: make("label.inside-field", {}, label, select), select }
}

/**
 * A row of which one is chosen.
 * @param {string} legend what is chosen, for those who cannot see it.
 * @param {[string, string][]} options a value and its words each; the first is chosen.
 * @param {(value: string) => void} changed
 */
export function segments(legend, options, changed) {
  const name = `inside-${legend.replaceAll(" ", "-")}`
  const row = make("fieldset.inside-segments", {}, make("legend", { textContent: legend }))
  options.forEach(([value, words], index) => {
    const input = make("input", { type: "radio", name, value, checked: index === 0, onchange: () => changed(value) })
    row.append(make("label", {}, input, make("span", { textContent: words })))
  })
  return row
}

/**
 * Paint one value for each pixel on a canvas of its size: 0 is black, 255 white.
 * @param {Uint8Array} image [side * side].
 * @param {number} side
 */
export function picture(image, side = 28) {
  const canvas = make("canvas.inside-picture", { width: side, height: side })
  const context = canvas.getContext("2d")
  const pixels = context.createImageData(side, side)
  for (let index = 0; index < image.length; index++) {
    pixels.data.fill(image[index], 4 * index, 4 * index + 3)
    pixels.data[4 * index + 3] = 255
  }
  context.putImageData(pixels, 0, 0)
  return canvas
}

/**
 * A dialog that is closed by its button, or by a press outside of it.
 * @param {string} ariaLabel
 * @param {...HTMLElement} content
 */
export function dialog(ariaLabel, ...content) {
  const close = make("button.inside-button", { type: "button", textContent: "Close", onclick: () => element.close() })
  const element = make("dialog.inside-dialog", { ariaLabel }, ...content, close)
  // What lies outside of the dialog is the dialog's own backdrop.
  element.onclick = event => { if (event.target === element) element.close() }
  return element
}
