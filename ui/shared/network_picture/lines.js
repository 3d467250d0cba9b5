// The lines between two layers: as thick as weight times activation, blue where that adds to the sum
// of the unit that it leads to, orange where it takes away.

import { largest } from "./importance.js"
import { pixelPosition } from "./layout.js"

const MOST_LINES = 72 // between two layers
const PIXELS_A_UNIT = 4 // of the image, that have a line into a unit of the first layer
const THICKEST = 4
const THINNEST_SHARE = 0.05

/**
 * A line, and the term of a unit's sum that it stands for.
 * @typedef {object} Line
 * @property {number} layer that it leads to.
 * @property {number} from the unit, or the pixel, that it comes from.
 * @property {number} to the unit that it leads to.
 * @property {number} term weight times activation.
 * @property {{ x: number, y: number }} start
 * @property {{ x: number, y: number }} end
 */

/**
 * The lines into the units of a layer that are shown.
 * @param {import("../in_page/forward.js").Network} network that has read an image.
 * @param {import("./layout.js").Layout} layout
 * @param {number[][]} places the unit in each place, by layer.
 * @param {number} layer
 * @returns {Line[]} the strongest.
 */
export function linesInto(network, layout, places, layer) {
  const { kernel } = network.dense[layer - 1]
  const units = network.widths[layer]
  const inputs = network.layers[layer - 1]
  const { x, ys } = layout.columns[layer]
  const half = layout.tile / 2
  const lines = []
  places[layer].forEach((to, place) => {
    const end = { x: x - half, y: ys[place] }
    const add = (from, start) => {
      const term = inputs[from] * kernel[from * units + to]
      if (term !== 0) lines.push({ layer, from, to, term, start, end })
    }
    if (layer === 1) strongestPixels(network, to).forEach(pixel => add(pixel, pixelPosition(layout, pixel)))
    else {
      const before = layout.columns[layer - 1]
      places[layer - 1].forEach((from, index) => add(from, { x: before.x + half, y: before.ys[index] }))
    }
  })
  return lines.sort((one, other) => Math.abs(other.term) - Math.abs(one.term)).slice(0, MOST_LINES)
}

const terms = new Float32Array(28 ** 2)

function strongestPixels(network, unit) {
  const { kernel } = network.dense[0]
  const units = network.widths[1]
  const pixels = network.layers[0]
  for (let pixel = 0; pixel < terms.length; pixel++) terms[pixel] = pixels[pixel] && pixels[pixel] * kernel[pixel * units + unit]
  return largest(terms, PIXELS_A_UNIT)
}

/**
 * Draw lines, the weakest first.
 * @param {CanvasRenderingContext2D} context
 * @param {Line[]} lines into one layer, the strongest first.
 * @param {{ for: string, against: string }} colours
 * @param {(line: Line) => number} emphasis from 0, hardly to be seen, to 1; 2 stands out.
 */
export function drawLines(context, lines, colours, emphasis) {
  const most = Math.abs(lines[0]?.term ?? 1)
  for (const line of [...lines].reverse()) {
    const share = Math.abs(line.term) / most
    const wanted = emphasis(line)
    if (share < THINNEST_SHARE && wanted < 2) continue
    context.strokeStyle = line.term > 0 ? colours.for : colours.against
    context.globalAlpha = wanted > 1 ? 1 : wanted * (0.12 + 0.7 * share)
    context.lineWidth = wanted > 1 ? Math.max(3, THICKEST * share) : Math.max(0.5, THICKEST * share)
    const bend = 0.4 * (line.end.x - line.start.x)
    context.beginPath()
    context.moveTo(line.start.x, line.start.y)
    context.bezierCurveTo(line.start.x + bend, line.start.y, line.end.x - bend, line.end.y, line.end.x, line.end.y)
    context.stroke()
  }
  context.globalAlpha = 1
}

/**
 * How far a point is from a line, in pixels.
 * @param {Line} line
 * @param {{ x: number, y: number }} point
 */
export function distanceTo({ start, end }, point) {
  let least = Infinity
  for (let at = 0; at <= 1; at += 1 / 24) {
    const x = start.x + (end.x - start.x) * (1.2 * at * (1 - at) ** 2 + 1.8 * at ** 2 * (1 - at) + at ** 3)
    const y = start.y + (end.y - start.y) * (3 * at ** 2 * (1 - at) + at ** 3)
    least = Math.min(least, Math.hypot(x - point.x, y - point.y))
  }
  return least
}
