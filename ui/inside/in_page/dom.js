// Elements of a page, made in one call each.

/**
 * Make an element.
 * @param {string} name its tag, and its classes after dots.
 * @param {Record<string, any>} [properties] such as `textContent` or `onclick`.
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".")
  const element = document.createElement(tag)
  if (classes.length) element.className = classes.join(" ")
  Object.assign(element, properties)
  element.append(...children)
  return element
}

/**
 * A colour that the style sheet names, as canvases take it.
 * @param {HTMLElement} place on the page.
 * @param {string} name without its two dashes.
 * @returns {string} such as `rgb(0, 114, 178)`.
 */
export function colour(place, name) {
  const probe = make("span")
  probe.style.color = `var(--${name})`
  place.append(probe)
  const found = getComputedStyle(probe).color
  probe.remove()
  return found
}

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
