// Numbers that speak for something or against it as a picture, the same on every page: blue is for, orange
// against, and what is nothing lets the paper through.

import { colour } from "./dom.js"

const SIDE = 28

/**
 * The colours of a part of the page: [red, green, blue].
 * @typedef {{ for: number[], against: number[] }} SignedColours
 */

/**
 * @param {Element} place
 * @returns {SignedColours}
 */
export function signedColours(place) {
  return { for: channels(colour(place, "for")), against: channels(colour(place, "against")) }
}

/**
 * @param {string} said such as `rgb(0, 114, 178)`; nothing while the style sheet has not come.
 * @returns {number[]} red, green, blue.
 */
export function channels(said) {
  return (said.match(/\d+(\.\d+)?/g) ?? [0, 0, 0]).slice(0, 3).map(Number)
}

/**
 * Paint numbers on a canvas of 28 by 28 pixels, in place of what was there.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} values one for each pixel; the largest is in full colour.
 * @param {SignedColours} colours
 */
export function paintSigned(canvas, values, colours) {
  const context = canvas.getContext("2d")
  const picture = context.createImageData(SIDE, SIDE)
  let largest = 1e-9
  for (const value of values) largest = Math.max(largest, Math.abs(value))
  for (let pixel = 0; pixel < SIDE ** 2; pixel++) {
    const value = values[pixel]
    picture.data.set(value > 0 ? colours.for : colours.against, 4 * pixel)
    picture.data[4 * pixel + 3] = (255 * Math.abs(value)) / largest
  }
  context.putImageData(picture, 0, 0)
  return canvas
}
