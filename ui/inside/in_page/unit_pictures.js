// What units look for: their incoming weights as pictures, blue for and orange against.

import { colour, make } from "./dom.js"

const SIDE = 28

/**
 * The colours that weights are painted with on a part of the page: [red, green, blue] for and against.
 * @param {HTMLElement} place
 * @returns {{ for: number[], against: number[] }}
 */
export function colours(place) {
  const of = name => colour(place, name).match(/\d+(\.\d+)?/g).slice(0, 3).map(Number)
  return { for: of("for"), against: of("against") }
}

/**
 * The incoming weights of a unit of the first layer.
 * @param {Float32Array} kernel [784, units].
 * @param {number} unit
 * @param {{ for: number[], against: number[] }} painted
 * @returns {HTMLCanvasElement} the strongest weight in full colour, none is clear.
 */
export function unitPicture(kernel, unit, painted) {
  const units = kernel.length / SIDE ** 2
  let largest = 1e-9
  for (let at = unit; at < kernel.length; at += units) largest = Math.max(largest, Math.abs(kernel[at]))
  const canvas = make("canvas.inside-picture.inside-unit", { width: SIDE, height: SIDE })
  const context = canvas.getContext("2d")
  const pixels = context.createImageData(SIDE, SIDE)
  for (let pixel = 0; pixel < SIDE ** 2; pixel++) {
    const weight = kernel[pixel * units + unit]
    pixels.data.set(weight > 0 ? painted.for : painted.against, 4 * pixel)
    pixels.data[4 * pixel + 3] = (255 * Math.abs(weight)) / largest
  }
  context.putImageData(pixels, 0, 0)
  return canvas
}

/**
 * The units of a layer by how much they matter.
 * @param {ArrayLike<number>} importance
 * @returns {number[]} the one that matters most first.
 */
export function byImportance(importance) {
  return Array.from(importance, (_, unit) => unit).sort((one, other) => importance[other] - importance[one])
}
