// Scaling of pictures: digits/resizing.py once more. Buffers are kept, because this runs at every frame.

import { roundHalfEven, single } from "./numpy_sums.js"

/**
 * A picture of ink, 0 to 1, in a buffer that may be larger than it.
 * @typedef {{ values: Float32Array, height: number, width: number }} Ink
 */

let between = new Float32Array(0) // scaled in one direction
const rowCover = cover()
const columnCover = cover()

/**
 * An empty picture with room for so many pixels in height and width.
 * @param {number} side
 * @returns {Ink}
 */
export function picture(side) {
  return { values: new Float32Array(side ** 2), height: 0, width: 0 }
}

// Height and width of the same proportions, the longer one `side`.
export function fit(height, width, side) {
  const most = Math.max(height, width)
  return [height, width].map(length => Math.max(1, roundHalfEven((length * side) / most)))
}

// Scales a picture; each new pixel is the mean over the area that it covers.
export function resize({ values, height: oldHeight, width: oldWidth }, height, width, target) {
  findCover(rowCover, oldHeight, height)
  findCover(columnCover, oldWidth, width)
  if (between.length < height * oldWidth) between = new Float32Array(height * oldWidth)
  between.fill(0, 0, height * oldWidth)
  for (let row = 0; row < height; row++) {
    const to = row * oldWidth
    for (let at = rowCover.starts[row]; at < rowCover.starts[row + 1]; at++) {
      const weight = rowCover.weights[at]
      const from = rowCover.pixels[at] * oldWidth
      for (let column = 0; column < oldWidth; column++) between[to + column] += weight * values[from + column]
    }
  }
  for (let row = 0; row < height; row++) {
    const from = row * oldWidth
    for (let column = 0; column < width; column++) {
      let mean = 0
      for (let at = columnCover.starts[column]; at < columnCover.starts[column + 1]; at++) {
        mean = single(mean + columnCover.weights[at] * between[from + columnCover.pixels[at]])
      }
      target.values[row * width + column] = mean
    }
  }
  target.height = height
  target.width = width
}

function cover() {
  return { starts: new Int32Array(0), pixels: new Int32Array(0), weights: new Float32Array(0) }
}

// Which old pixels each new one covers, and the share that each of them has in it.
function findCover(found, old, count) {
  if (found.starts.length <= count) found.starts = new Int32Array(count + 1)
  if (found.pixels.length < old + 2 * count) {
    found.pixels = new Int32Array(old + 2 * count)
    found.weights = new Float32Array(old + 2 * count)
  }
  let at = 0
  for (let index = 0; index < count; index++) {
    found.starts[index] = at
    const low = index * (old / count)
    const high = (index + 1) * (old / count)
    for (let pixel = Math.floor(low); pixel < Math.min(high, old); pixel++) {
      const overlap = Math.min(high, pixel + 1) - Math.max(low, pixel)
      if (overlap <= 0) continue
      found.pixels[at] = pixel
      found.weights[at++] = (overlap * count) / old
    }
  }
  found.starts[count] = at
}
