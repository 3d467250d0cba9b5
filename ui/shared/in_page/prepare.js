// From a drawing to the 28x28 image that the network expects: digits/drawing.py, step by step.
//
// Each sum is rounded to 32 bits where NumPy rounds it, and taken in NumPy's order: whether a pixel
// is inside of a stroke, and where the centre of mass lies, may hang on the last bit. Buffers are
// kept, because this runs at every frame.

import { contrast, findContrast, touched } from "./contrast.js"
import { roundHalfEven, single, sum } from "./numpy_sums.js"
import { fit, picture, resize } from "./resizing.js"
import { PADDED_SIDE, evenStrokes, working } from "./stroke_width.js"

export const IMAGE_SIDE = 28
const FITTED_SIDE = 20
const FAINTEST_INK = 24
const INK = 0.25
const DOT = 2
const UPWARDS = 1e-4

// Of the drawing that was prepared last: its strokes' width as a share of its longer side, and how it was evened.
export const shape = { strokeWidth: 0, evened: working }

const shares = new Float32Array(256) // of the darkest ink, for each contrast
const evenedCrop = picture(PADDED_SIDE)
const scaled = picture(FITTED_SIDE)
const squeezed = picture(IMAGE_SIDE)
const masses = new Float32Array(FITTED_SIDE)

// These grow with the canvas.
let cropped = new Float32Array(0)
let rowsSeen = new Uint8Array(0)
let columnsSeen = new Uint8Array(0)

/**
 * Prepare a drawing as the images of MNIST were prepared.
 * @param {Uint8ClampedArray | Uint8Array} pixels RGBA of [height, width], as a canvas gives them.
 * @param {number} width
 * @param {number} height
 * @param {Uint8Array} image [28 * 28], written to: 0 (paper) to 255 (ink).
 * @returns {boolean} false if nothing is drawn; then the image is empty too.
 */
export function prepare(pixels, width, height, image) {
  image.fill(0)
  const strongest = findContrast(pixels, width, height)
  if (strongest < FAINTEST_INK) return false
  findShares(strongest)
  let crop = inked(touched, width)
  let stroke = evenStrokes(cut(crop, width))
  const rest = withoutDot(crop, width, stroke.width * Math.max(crop.height, crop.width))
  if (rest !== crop) {
    crop = rest
    stroke = evenStrokes(cut(crop, width))
  }
  const { ink } = stroke
  const part = rectangleOf(ink.height, ink.width, (row, column) => ink.values[row * ink.width + column] > INK)
  // Ink may be so sparse that it fades in the smaller picture; then all of that is taken.
  const source = part ? copied(ink, part, evenedCrop) : working
  Object.assign(shape, { strokeWidth: stroke.width, evened: source })
  const [fittedHeight, fittedWidth] = fit(source.height, source.width, FITTED_SIDE)
  resize(source, fittedHeight, fittedWidth, scaled)
  centre(scaled, image)
  return true
}

/**
 * Shrink the whole canvas to 28x28, as most demos do.
 * @param {Uint8ClampedArray | Uint8Array} pixels as for `prepare`.
 * @param {number} width
 * @param {number} height
 * @param {Uint8Array} image [28 * 28], written to.
 * @returns {boolean} false if nothing is drawn.
 */
export function squeeze(pixels, width, height, image) {
  image.fill(0)
  const strongest = findContrast(pixels, width, height)
  if (strongest < FAINTEST_INK) return false
  findShares(strongest)
  for (let value = 0; value <= strongest; value++) shares[value] = single(asByte(shares[value]) / 255)
  const ink = cut({ top: 0, left: 0, height, width }, width)
  resize(ink, IMAGE_SIDE, IMAGE_SIDE, squeezed)
  for (let index = 0; index < image.length; index++) image[index] = asByte(squeezed.values[index])
  return true
}

function findShares(strongest) {
  for (let value = 0; value < 256; value++) shares[value] = single(value / strongest)
}

// The smallest part of a part of the canvas that has all of its ink; null if there is none.
function inked({ top, left, height, width }, stride) {
  const start = top * stride + left
  const found = rectangleOf(height, width, (row, column) => shares[contrast[start + row * stride + column]] > INK)
  return found && { ...found, top: top + found.top, left: left + found.left }
}

function rectangleOf(height, width, isSeen) {
  let top = -1
  let bottom = -1
  let left = width
  let right = -1
  for (let row = 0; row < height; row++) {
    let first = 0
    while (first < width && !isSeen(row, first)) first++
    if (first === width) continue
    let last = width - 1
    while (!isSeen(row, last)) last--
    if (top < 0) top = row
    bottom = row
    if (first < left) left = first
    if (last > right) right = last
  }
  return top < 0 ? null : { top, left, height: bottom - top + 1, width: right - left + 1 }
}

// What is left of a crop without the one dot beside it; the very same if there is none, or several.
function withoutDot(crop, stride, width) {
  const rest = besideDot(crop, stride, width)
  if (rest === null || longer(rest) <= DOT * width || besideDot(rest, stride, width) !== null) return crop
  return rest
}

function besideDot(crop, stride, width) {
  for (const parts of parted(crop, stride, width)) {
    const [first, second] = parts.map(part => inked(part, stride))
    const [dot, rest] = longer(first) < longer(second) ? [first, second] : [second, first]
    if (longer(dot) <= DOT * width) return rest
  }
  return null
}

function longer({ height, width }) {
  return Math.max(height, width)
}

// The two sides of each strip of paper across that is half as wide as a stroke or wider.
function* parted(crop, stride, width) {
  const { top, left } = crop
  findSeen(crop, stride)
  const gaps = [[rowsSeen, crop.height], [columnsSeen, crop.width]].map(([seen, length]) => {
    const lasts = []
    let last = -1
    for (let index = 0; index < length; index++) {
      if (!seen[index]) continue
      if (last >= 0 && index - last > width / 2 + 1) lasts.push(last)
      last = index
    }
    return lasts
  })
  for (const last of gaps[0]) {
    yield [
      { ...crop, height: last + 1 },
      { ...crop, top: top + last + 1, height: crop.height - last - 1 },
    ]
  }
  for (const last of gaps[1]) {
    yield [
      { ...crop, width: last + 1 },
      { ...crop, left: left + last + 1, width: crop.width - last - 1 },
    ]
  }
}

// Which rows and columns of a crop have ink.
function findSeen({ top, left, height, width }, stride) {
  if (rowsSeen.length < height) rowsSeen = new Uint8Array(height)
  if (columnsSeen.length < width) columnsSeen = new Uint8Array(width)
  rowsSeen.fill(0, 0, height)
  columnsSeen.fill(0, 0, width)
  for (let row = 0; row < height; row++) {
    const start = (top + row) * stride + left
    for (let column = 0; column < width; column++) {
      if (shares[contrast[start + column]] > INK) rowsSeen[row] = columnsSeen[column] = 1
    }
  }
}

// Ink of a part of the canvas.
function cut({ top, left, height, width }, stride) {
  if (cropped.length < height * width) cropped = new Float32Array(height * width)
  for (let row = 0, to = 0; row < height; row++) {
    const start = (top + row) * stride + left
    for (let from = start; from < start + width; from++, to++) cropped[to] = shares[contrast[from]]
  }
  return { values: cropped, height, width }
}

function copied({ values, width }, part, target) {
  for (let row = 0; row < part.height; row++) {
    const start = (part.top + row) * width + part.left
    for (let column = 0; column < part.width; column++) {
      target.values[row * part.width + column] = values[start + column]
    }
  }
  target.height = part.height
  target.width = part.width
  return target
}

// Places a picture of at most 20x20 in 28x28, its centre of mass as near the middle as may be.
function centre({ values, height, width }, image) {
  for (let row = 0; row < height; row++) masses[row] = sum(values, row * width, width)
  const top = cornerOf(height)
  masses.fill(0)
  if (width === 1) masses[0] = sum(values, 0, height)
  else for (let index = 0; index < height * width; index++) masses[index % width] += values[index]
  const left = cornerOf(width)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      image[(top + row) * IMAGE_SIDE + left + column] = asByte(values[row * width + column])
    }
  }
}

function cornerOf(length) {
  let moment = 0
  for (let index = 0; index < length; index++) moment += masses[index] * (index + 0.5)
  const middle = moment / Math.max(sum(masses, 0, length), 1e-6)
  return Math.min(Math.max(roundHalfEven(IMAGE_SIDE / 2 - middle), 0), IMAGE_SIDE - length)
}

export function asByte(ink) {
  return Math.min(Math.max(Math.round(single(single(ink * 255) + UPWARDS)), 0), 255)
}
