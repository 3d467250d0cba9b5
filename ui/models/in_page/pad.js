// One drawing, read by every run while the pen moves: by the browser itself, nothing is sent.

import { make } from "../../shared/in_page/dom.js"
import { DrawingPad } from "../../shared/in_page/drawing_pad.js"
import { Network } from "../../shared/in_page/forward.js"
import { loadWeights } from "../../shared/in_page/weights.js"
import { probability } from "../../shared/in_page/words.js"

const SIDE = 240
const BRUSH = 14

/**
 * @param {HTMLElement} place
 * @param {import("./comparison.js").Compared[]} runs
 */
export function showPad(place, runs) {
  const rows = runs.map(run => makeReader(run))
  const tell = image => { for (const row of rows) row.tell(image) }
  const pad = new DrawingPad("canvas.runs-pad", SIDE, BRUSH, tell, tell)
  if (pad.isUseless) {
    place.append(make("p", { textContent: "This browser tells no page what is drawn on it, so that nothing can be read here. Draw reads it all the same, by another way." }))
    return
  }
  for (const { loaded } of rows) loaded.then(() => tell(pad.read()), () => {})
  const clear = make("button.runs-button", { type: "button", textContent: "Clear", onclick: () => { pad.wipe(); tell(null) } })
  place.append(make("div.runs-drawing", {}, make("div", {}, pad.canvas, clear), make("ul", {}, ...rows.map(({ row }) => row))))
}

function makeReader({ name, weights, widths, activation, temperature }) {
  const digit = make("b", { textContent: "–" })
  const bar = make("progress", { max: 1, value: 0, ariaLabel: "How sure" })
  const sure = make("small")
  const row = make("li", {}, digit, make("span", {}, name, bar, sure))
  let network = null
  const loaded = weights ? loadWeights(weights, widths).then(numbers => { network = new Network(numbers, widths, activation) }) : Promise.reject(new Error("no weights"))
  loaded.catch(() => { sure.textContent = "its weights cannot be read here" })
  const tell = image => {
    if (!network) return
    if (!image) {
      digit.textContent = "–"
      bar.value = 0
      sure.textContent = ""
      return
    }
    const shares = network.read(image, temperature)
    const read = shares.indexOf(Math.max(...shares))
    digit.textContent = String(read)
    bar.value = shares[read]
    sure.textContent = probability(shares[read])
  }
  return { row, loaded, tell }
}
