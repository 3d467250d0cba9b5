// A column of sliders, each with its words and its value.

import { make } from "./dom.js"

/**
 * @param {[string, string, number, number, number, (value: number) => string][]} rows the name of a value, its words,
 *   its least, its most, its step, and how it is said.
 * @param {Record<string, number>} first the values to begin with.
 * @param {() => void} changed
 * @returns {{ element: HTMLElement, values: Record<string, number>, reset: () => void }}
 */
export function sliders(rows, first, changed) {
  const values = { ...first }
  const set = []
  const fields = rows.map(([name, words, min, max, step, said]) => {
    // No `output`: a label would name it instead of the slider.
    const output = make("span.inside-value")
    const input = make("input", { type: "range", min, max, step, oninput: () => {
      put(Number(input.value))
      changed()
    } })
    const put = value => {
      values[name] = value
      output.textContent = said(value)
      input.setAttribute("aria-valuetext", said(value))
      input.classList.toggle("is-at-rest", value === first[name])
    }
    set.push(() => {
      input.value = first[name]
      put(first[name])
    })
    return make("label.inside-slider", {}, make("span", { textContent: words }), output, input)
  })
  const reset = () => set.forEach(one => one())
  reset()
  return { element: make("div", {}, ...fields), values, reset }
}
