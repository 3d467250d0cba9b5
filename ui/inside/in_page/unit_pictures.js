// What units look for: their incoming weights as pictures, blue for and orange against.

import { make } from "./dom.js"
import { paintSigned } from "../../shared/in_page/signed_picture.js"

const SIDE = 28

/**
 * The incoming weights of a unit of the first layer.
 * @param {Float32Array} kernel [784, units].
 * @param {number} unit
 * @param {import("../../shared/in_page/signed_picture.js").SignedColours} colours
 * @returns {HTMLCanvasElement} the strongest weight in full colour, none is clear.
 */
export function unitPicture(kernel, unit, colours) {
  const units = kernel.length / SIDE ** 2
  const weights = Float32Array.from({ length: SIDE ** 2 }, (_, pixel) => kernel[pixel * units + unit])
  return paintSigned(make("canvas.inside-picture.inside-unit", { width: SIDE, height: SIDE }), weights, colours)
}

/**
 * The units of a layer by how much they matter.
 * @param {ArrayLike<number>} importance
 * @returns {number[]} the one that matters most first.
 */
export function byImportance(importance) {
  return Array.from(importance, (_, unit) => unit).sort((one, other) => importance[other] - importance[one])
}
