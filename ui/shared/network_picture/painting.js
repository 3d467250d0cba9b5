// Paints the picture of a network on its canvas.

import { channels } from "../in_page/signed_picture.js"
import { pixelPosition } from "./layout.js"
import { drawLines } from "./lines.js"
import { imageTile, signedTile, weightsInto } from "./looks_for.js"

const SIDE = 28
const NOTHING_DRAWN = new Uint8Array(SIDE ** 2)

/**
 * What is painted.
 * @typedef {object} View
 * @property {import("./network_picture.js").Reading | null} reading null where the weights are not here.
 * @property {import("./looks_for.js").LooksFor} looksFor
 * @property {number[]} widths of all layers.
 * @property {Set<number>[]} off units of each layer that are switched off.
 * @property {import("./network_picture.js").Unit | null} selected the unit that is looked at.
 * @property {number | null} pointed where the term comes from that stands out.
 * @property {number[][]} places the unit in each place, by layer.
 * @property {import("./layout.js").Layout} layout
 * @property {import("./lines.js").Line[][]} lines by the layer that they lead to.
 * @property {Float32Array} [probabilities]
 * @property {number} [answer] the digit that is read.
 * @property {Float32Array[]} [scores] how much each unit speaks for it.
 */

/**
 * Paint all anew.
 * @param {HTMLCanvasElement} canvas
 * @param {View} view
 */
export function paint(canvas, view) {
  const { width, height } = view.layout
  const context = fitted(canvas, width, height)
  const colours = coloursOf(canvas)
  context.clearRect(0, 0, width, height)
  paintLines(context, colours, view)
  paintImage(context, colours, view)
  for (let layer = 1; layer < view.widths.length - 1; layer++) paintLayer(context, colours, view, layer)
  paintOutputs(context, colours, view)
  paintNames(context, colours, view)
}

function fitted(canvas, width, height) {
  const scale = window.devicePixelRatio || 1
  const pixels = { width: Math.round(width * scale), height: Math.round(height * scale) }
  if (canvas.width !== pixels.width || canvas.height !== pixels.height) {
    Object.assign(canvas, pixels)
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` })
  }
  const context = canvas.getContext("2d")
  context.setTransform(scale, 0, 0, scale, 0, 0)
  return context
}

const MILLISECONDS_OF_A_THEME = 500
const known = new WeakMap() // the colours on each canvas, for as long: to ask for them has styles worked out anew

function coloursOf(canvas) {
  const before = known.get(canvas)
  if (performance.now() < before?.until) return before
  const style = getComputedStyle(canvas)
  const named = name => style.getPropertyValue(`--network-${name}`)
  const until = performance.now() + MILLISECONDS_OF_A_THEME
  const colours = { until, text: style.color, font: style.fontFamily, paper: named("paper"), for: named("for"), against: named("against") }
  colours.signed = { for: channels(colours.for), against: channels(colours.against) }
  known.set(canvas, colours)
  return colours
}

function paintLines(context, colours, { lines, reading, selected, pointed }) {
  const emphasis = line => {
    if (!reading.image) return 0.2
    if (!selected) return 1
    if (line.layer === selected.layer && line.to === selected.unit) return line.from === pointed ? 2 : pointed === null ? 1 : 0.5
    return line.layer === selected.layer + 1 && line.from === selected.unit ? 0.6 : 0.05
  }
  for (const into of lines) drawLines(context, into, colours, emphasis)
}

function paintImage(context, colours, { reading, selected, pointed, layout }) {
  const { x, y, side } = layout.image
  const isOfPixels = selected?.layer === 1 && reading?.image
  context.imageSmoothingEnabled = false
  context.drawImage(imageTile(reading?.image ?? NOTHING_DRAWN), x, y, side, side)
  context.globalAlpha = 0.4
  context.lineWidth = 1
  context.strokeStyle = colours.text
  context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1)
  context.globalAlpha = 1
  if (!isOfPixels) return
  context.globalAlpha = 0.85
  context.fillStyle = colours.paper
  context.fillRect(x, y, side, side)
  context.globalAlpha = 1
  context.drawImage(termTile(reading, selected.unit, colours), x, y, side, side)
  if (pointed === null) return
  const at = pixelPosition(layout, pointed)
  const pixel = side / SIDE
  context.strokeStyle = colours.text
  context.lineWidth = 2
  context.strokeRect(at.x - pixel, at.y - pixel, 2 * pixel, 2 * pixel)
}

// What each pixel adds to the sum of a unit of the first layer, or takes from it.
function termTile({ network, image }, unit, colours) {
  return signedTile(weightsInto(network, 1, unit).map((weight, pixel) => weight * image[pixel]), colours.signed)
}

function largestSize(numbers, indices = numbers.keys()) {
  let most = 0
  for (const index of indices) most = Math.max(most, Math.abs(numbers[index]))
  return most
}

function paintLayer(context, colours, view, layer) {
  const { reading, layout, places, off, selected, scores } = view
  const { x, ys } = layout.columns[layer]
  const units = places[layer]
  const activations = reading?.network.layers[layer]
  const strongest = reading?.image ? largestSize(activations, units) : 0
  const weightiest = reading?.image ? largestSize(scores[layer], units) : 0
  units.forEach((unit, place) => {
    const isOff = off[layer].has(unit)
    const box = { x: x - layout.tile / 2, y: ys[place] - layout.tile / 2, side: layout.tile }
    const strength = strongest ? Math.abs(activations[unit]) / strongest : 0.3
    context.fillStyle = colours.paper
    context.fillRect(box.x, box.y, box.side, box.side)
    if (reading) {
      context.globalAlpha = isOff ? 0.1 : 0.25 + 0.75 * strength
      context.drawImage(view.looksFor.tile(layer, unit, colours.signed), box.x, box.y, box.side, box.side)
    }
    const speaks = weightiest && !isOff ? scores[layer][unit] / weightiest : 0
    paintFrame(context, colours, box, speaks, isOff, selected?.layer === layer && selected.unit === unit)
  })
}

// Blue if the unit speaks for the answer, orange if against it, the more the stronger.
function paintFrame(context, colours, { x, y, side }, speaks, isOff, isSelected) {
  context.strokeStyle = speaks > 0 ? colours.for : speaks < 0 ? colours.against : colours.text
  context.globalAlpha = isSelected ? 1 : speaks ? 0.3 + 0.7 * Math.abs(speaks) : 0.4
  context.lineWidth = isSelected ? 3 : 1 + 1.5 * Math.abs(speaks)
  context.setLineDash(isOff ? [3, 2] : [])
  context.strokeRect(x, y, side, side)
  context.setLineDash([])
  if (isOff) {
    context.beginPath()
    context.moveTo(x, y)
    context.lineTo(x + side, y + side)
    context.stroke()
  }
  context.globalAlpha = 1
}

function paintOutputs(context, colours, { widths, layout, reading, probabilities, answer, selected }) {
  const layer = widths.length - 1
  const { x, ys } = layout.columns[layer]
  const size = layout.isNarrow ? 14 : 16
  context.textAlign = "center"
  context.textBaseline = "middle"
  ys.forEach((y, digit) => {
    const share = reading?.image ? probabilities[digit] : 0
    const isAnswer = Boolean(reading?.image) && digit === answer
    const bar = x + layout.tile / 2 + 3
    context.fillStyle = colours.text
    context.font = `${isAnswer ? 700 : 400} ${size}px ${colours.font}`
    context.fillText(String(digit), x, y)
    context.globalAlpha = 0.12
    context.fillRect(bar, y - 5, layout.bar, 10)
    context.globalAlpha = isAnswer ? 1 : 0.5
    if (isAnswer) context.fillStyle = colours.for
    context.fillRect(bar, y - 5, layout.bar * share, 10)
    context.globalAlpha = 1
    if (selected?.layer !== layer || selected.unit !== digit) return
    context.strokeStyle = colours.text
    context.lineWidth = 2
    context.strokeRect(x - layout.tile / 2, y - layout.tile / 2, layout.tile, layout.tile)
  })
}

function paintNames(context, colours, { widths, layout, places }) {
  const { image, columns, isNarrow } = layout
  const isCrowded = isNarrow && widths.length > 4
  context.font = `${isNarrow ? 11 : 12}px ${colours.font}`
  context.fillStyle = colours.text
  context.globalAlpha = 0.75
  context.fillText("28 × 28 pixels", image.x + image.side / 2, image.y - 12, image.side + 8)
  for (let layer = 1; layer < widths.length - 1; layer++) {
    const shown = places[layer].length
    const units = widths[layer].toLocaleString("en")
    context.fillText(isCrowded ? units : `${units} ${shown === 1 && widths[layer] === 1 ? "unit" : "units"}`, columns[layer].x, 7)
    if (shown < widths[layer]) context.fillText(isCrowded ? `${shown} of them` : `${shown} shown`, columns[layer].x, 21)
  }
  context.globalAlpha = 1
}
