// Strokes of any width made as wide as those of MNIST: digits/stroke_width.py once more.

import { roundHalfEven, single, sum } from "./numpy_sums.js"
import { fit, picture, resize } from "./resizing.js"

/** @typedef {import("./resizing.js").Ink} Ink */

const WORKING_SIDE = 120
const THINNEST = 0.09
const BOLDEST = 0.15
const FURTHEST = 180
const MARGIN = roundHalfEven((BOLDEST * WORKING_SIDE) / 2) + 2
export const PADDED_SIDE = WORKING_SIDE + 2 * MARGIN

export const working = picture(WORKING_SIDE) // the crop at the working size
const evened = picture(PADDED_SIDE)
const mask = new Uint8Array(PADDED_SIDE ** 2)
const squares = new Int32Array(PADDED_SIDE ** 2)
const insides = new Float32Array(PADDED_SIDE ** 2)
const distances = new Float32Array(PADDED_SIDE ** 2)

/**
 * The strokes' width as a share of the longer side, and the strokes within what MNIST has. A round
 * brush draws all points within its radius of a line, so strokes of another width are the points
 * within another distance of their edge.
 * @param {Ink} crop
 * @returns {{ width: number, ink: Ink }} the ink is that of `working`, or of another such picture.
 */
export function evenStrokes(crop) {
  const [height, width] = fit(crop.height, crop.width, WORKING_SIDE)
  resize(crop, height, width, working)
  evened.height = height + 2 * MARGIN
  evened.width = width + 2 * MARGIN
  const count = evened.height * evened.width
  mask.fill(0, 0, count)
  let inside = 0
  for (let row = 0; row < height; row++) {
    const start = (row + MARGIN) * evened.width + MARGIN
    for (let column = 0; column < width; column++) {
      if (working.values[row * width + column] > 0.5) {
        mask[start + column] = 1
        inside++
      }
    }
  }
  findDistances(1, evened.height, evened.width, Math.max(evened.height, evened.width))
  for (let index = 0, to = 0; index < count; index++) if (mask[index]) insides[to++] = distances[index]
  // The mean distance to the edge of a long stroke is a quarter of its width.
  const stroke = inside ? 4 * single(sum(insides, 0, inside) / inside) : 1
  const side = Math.max(height, width)
  const share = Math.min(Math.max(stroke / side, THINNEST), BOLDEST)
  if (share === stroke / side) return { width: share, ink: working }
  // What is taken off the strokes comes off the size of the digit too.
  const target = (share * (side - stroke)) / (1 - share)
  grow(single((target - stroke) / 2), count)
  return { width: stroke / side, ink: evened }
}

// Has the strokes that `mask` and `distances` hold end so much further out, or further in.
function grow(further, count) {
  evened.values.fill(0, 0, count)
  let most = 0
  const take = (index, signed) => {
    const ink = Math.min(Math.max(single(single(signed + further) + 0.5), 0), 1)
    evened.values[index] = ink
    if (ink > most) most = ink
  }
  for (let index = 0; index < count; index++) if (mask[index]) take(index, distances[index])
  if (further > 0) { // or else all that is outside stays paper, as does what is further away
    findDistances(0, evened.height, evened.width, Math.min(MARGIN, Math.ceil(further) + 1))
    for (let index = 0; index < count; index++) if (!mask[index]) take(index, -distances[index])
  }
  if (most <= 0.5) for (let index = 0; index < count; index++) evened.values[index] = mask[index]
}

// Distance in pixels to the edge from each point where the mask has this value; 0 elsewhere. Columns
// first, then rows, as squared distances add up.
function findDistances(value, height, width, reach) {
  for (let column = 0; column < width; column++) {
    let distance = FURTHEST
    for (let index = column; index < height * width; index += width) {
      distance = mask[index] === value ? Math.min(distance + 1, FURTHEST) : 0
      squares[index] = distance
    }
    distance = FURTHEST
    for (let index = (height - 1) * width + column; index >= 0; index -= width) {
      distance = mask[index] === value ? Math.min(distance + 1, FURTHEST) : 0
      const nearer = Math.min(squares[index], distance)
      squares[index] = nearer * nearer
    }
  }
  const furthest = Math.min(reach, width - 1)
  for (let row = 0; row < height; row++) {
    const start = row * width
    for (let column = 0; column < width; column++) {
      let nearest = squares[start + column]
      if (!nearest) {
        distances[start + column] = 0
        continue
      }
      for (let shift = 1, square = 1; shift <= furthest && square < nearest; square += 2 * shift++ + 1) {
        if (column >= shift) {
          const toTheLeft = squares[start + column - shift] + square
          if (toTheLeft < nearest) nearest = toTheLeft
        }
        if (column + shift < width) {
          const toTheRight = squares[start + column + shift] + square
          if (toTheRight < nearest) nearest = toTheRight
        }
      }
      distances[start + column] = single(Math.sqrt(nearest)) - 0.5
    }
  }
}
