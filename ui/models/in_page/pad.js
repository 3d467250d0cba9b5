// One drawing, read by every run while the pen moves: by the browser itself, nothing is sent.

import { make } from "../../shared/in_page/dom.js"
import { Network } from "../../shared/in_page/forward.js"
import { IMAGE_SIDE, prepare } from "../../shared/in_page/prepare.js"
import { loadWeights } from "../../shared/in_page/weights.js"
import { probability } from "../../shared/in_page/words.js"

const SIDE = 240
const WIDTH_OF_THE_PEN = 14
const [INK, PAPER] = ["#ffffff", "#10161d"] // as on Draw

/**
 * @param {HTMLElement} place
 * @param {import("./comparison.js").Compared[]} runs
 */
export function showPad(place, runs) {
  const canvas = make("canvas.runs-pad", { width: SIDE, height: SIDE, ariaLabel: "Draw a digit here", role: "img" })
  const context = canvas.getContext("2d", { willReadFrequently: true })
  Object.assign(context, { lineWidth: WIDTH_OF_THE_PEN, lineCap: "round", lineJoin: "round", strokeStyle: INK, fillStyle: PAPER })
  const empty = () => context.fillRect(0, 0, SIDE, SIDE)
  empty()
  const clear = make("button.runs-button", { type: "button", textContent: "Clear" })
  const rows = runs.map(run => makeReader(run))
  place.append(make("div.runs-drawing", {}, make("div", {}, canvas, clear), make("ul", {}, ...rows.map(({ row }) => row))))
  const image = new Uint8Array(IMAGE_SIDE ** 2)
  let frame = 0
  const read = () => {
    frame = 0
    const isDrawn = prepare(context.getImageData(0, 0, SIDE, SIDE).data, SIDE, SIDE, image)
    for (const { tell } of rows) tell(isDrawn ? image : null)
  }
  const soon = () => { frame ||= requestAnimationFrame(read) }
  for (const each of rows) each.loaded.then(soon, () => {})
  followPen(canvas, context, soon)
  clear.onclick = () => { empty(); soon() }
}

function followPen(canvas, context, moved) {
  let last = /** @type {[number, number] | null} */ (null)
  const at = event => {
    const { width, height } = canvas.getBoundingClientRect()
    return [(event.offsetX * SIDE) / width, (event.offsetY * SIDE) / height]
  }
  const line = to => {
    context.beginPath()
    context.moveTo(...last)
    context.lineTo(...to)
    context.stroke()
    last = to
    moved()
  }
  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId)
    last = at(event)
    line(last)
  }
  canvas.onpointermove = event => { if (last) line(at(event)) }
  canvas.onpointerup = canvas.onpointercancel = () => { last = null }
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
