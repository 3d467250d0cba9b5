// From a drawing to the 28x28 image that the network expects: digits/drawing.py, step by step.
//
// Each sum is rounded to 32 bits where NumPy rounds it, and taken in NumPy's order: whether a pixel
// is inside of a stroke, and where the centre of mass lies, may hang on the last bit. Buffers are
// kept, because this runs at every frame.

export const IMAGE_SIDE = 28
const FITTED_SIDE = 20
const WORKING_SIDE = 120
const THINNEST = 0.09
const BOLDEST = 0.15
const FAINTEST_INK = 24
const INK = 0.25
const DOT = 2
const UPWARDS = 1e-4
const FURTHEST = 180
const MARGIN = roundHalfEven((BOLDEST * WORKING_SIDE) / 2) + 2
const PADDED_SIDE = WORKING_SIDE + 2 * MARGIN
const single = Math.fround

/** @typedef {{ top: number, left: number, height: number, width: number }} Rectangle */

/**
 * A picture of ink, 0 to 1, in a buffer that may be larger than it.
 * @typedef {{ values: Float32Array, height: number, width: number }} Ink
 */

const shares = new Float32Array(256) // of the darkest ink, for each contrast
const working = picture(WORKING_SIDE)
const evened = picture(PADDED_SIDE)
const evenedCrop = picture(PADDED_SIDE)
const scaled = picture(FITTED_SIDE)
const squeezed = picture(IMAGE_SIDE)
const mask = new Uint8Array(PADDED_SIDE ** 2)
const squares = new Int32Array(PADDED_SIDE ** 2)
const insides = new Float32Array(PADDED_SIDE ** 2)
const distances = new Float32Array(PADDED_SIDE ** 2)
const masses = new Float32Array(FITTED_SIDE)
const histograms = [0, 1, 2, 3].map(() => new Uint32Array(256))
const one = new Uint8Array(4)
const oneWord = new Uint32Array(one.buffer)

/** What of the canvas is not paper. */
const touched = { top: 0, left: 0, height: 0, width: 0 }

// These grow with the canvas.
let contrast = new Uint8Array(0)
let cropped = new Float32Array(0)
let between = new Float32Array(0) // scaled in one direction
let rowsSeen = new Uint8Array(0)
let columnsSeen = new Uint8Array(0)
const rowCover = cover()
const columnCover = cover()

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
  let stroke = evenStrokes(crop, width)
  const rest = withoutDot(crop, width, stroke.width * Math.max(crop.height, crop.width))
  if (rest !== crop) {
    crop = rest
    stroke = evenStrokes(crop, width)
  }
  const { ink } = stroke
  const part = rectangleOf(ink.height, ink.width, (row, column) => ink.values[row * ink.width + column] > INK)
  // Ink may be so sparse that it fades in the smaller picture; then all of that is taken.
  const source = part ? copied(ink, part, evenedCrop) : working
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

// Writes how far each pixel is from the edge of the canvas in any channel; returns the most of it.
function findContrast(pixels, width, height) {
  const count = width * height
  if (!count) return 0
  if (contrast.length < count) contrast = new Uint8Array(count)
  const seen = isOpaque(pixels, count) ? pixels : withoutHiddenColours(pixels, count)
  const paper = paperOf(seen, width, height)
  const [red, green, blue, alpha] = paper
  one.set(paper)
  const paperWord = oneWord[0]
  const words = new Uint32Array(seen.buffer, seen.byteOffset, count)
  let strongest = 0
  let lastWord = paperWord
  let lastContrast = 0
  let [top, bottom, left, right] = [height, -1, width, -1]
  for (let row = 0, index = 0; row < height; row++) {
    for (let column = 0; column < width; column++, index++) {
      const word = words[index]
      if (word === paperWord) {
        contrast[index] = 0
        continue
      }
      if (word !== lastWord) {
        const at = 4 * index
        lastWord = word
        lastContrast = Math.max(
          Math.abs(seen[at] - red), Math.abs(seen[at + 1] - green),
          Math.abs(seen[at + 2] - blue), Math.abs(seen[at + 3] - alpha),
        )
        if (lastContrast > strongest) strongest = lastContrast
      }
      contrast[index] = lastContrast
      if (row < top) top = row
      bottom = row
      if (column < left) left = column
      if (column > right) right = column
    }
  }
  Object.assign(touched, { top, left, height: bottom - top + 1, width: right - left + 1 })
  return strongest
}

function isOpaque(pixels, count) {
  for (let at = 3; at < 4 * count; at += 4) if (pixels[at] !== 255) return false
  return true
}

// The colours of what is transparent are taken away, as nobody sees them.
function withoutHiddenColours(pixels, count) {
  const seen = new Uint8Array(4 * count)
  for (let at = 0; at < 4 * count; at += 4) {
    const alpha = pixels[at + 3]
    for (let channel = 0; channel < 3; channel++) {
      seen[at + channel] = Math.floor((pixels[at + channel] * alpha) / 255)
    }
    seen[at + 3] = alpha
  }
  return seen
}

// The median of the edge in each channel, rounded down.
function paperOf(pixels, width, height) {
  for (const histogram of histograms) histogram.fill(0)
  const add = index => {
    for (let channel = 0; channel < 4; channel++) histograms[channel][pixels[4 * index + channel]]++
  }
  for (let column = 0; column < width; column++) {
    add(column)
    add((height - 1) * width + column)
  }
  for (let row = 0; row < height; row++) {
    add(row * width)
    add(row * width + width - 1)
  }
  const count = 2 * (width + height)
  return histograms.map(histogram => (
    Math.floor((ranked(histogram, (count - 1) >> 1) + ranked(histogram, count >> 1)) / 2)
  ))
}

// The value with so many others before it.
function ranked(histogram, rank) {
  let value = 0
  for (let before = histogram[0]; before <= rank; before += histogram[value]) value++
  return value
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

// The strokes' width as a share of the longer side, and the strokes within what MNIST has. A round
// brush draws all points within its radius of a line, so strokes of another width are the points
// within another distance of their edge.
function evenStrokes(crop, stride) {
  const [height, width] = fit(crop.height, crop.width, WORKING_SIDE)
  resize(cut(crop, stride), height, width, working)
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

// Height and width of the same proportions, the longer one `side`.
function fit(height, width, side) {
  const most = Math.max(height, width)
  return [height, width].map(length => Math.max(1, roundHalfEven((length * side) / most)))
}

// Scales a picture; each new pixel is the mean over the area that it covers.
function resize({ values, height: oldHeight, width: oldWidth }, height, width, target) {
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

// A sum in the order in which NumPy takes it: pairwise, blocks of 128 by eight sums beside each other.
function sum(values, start, count) {
  if (count > 128) {
    const half = Math.floor(count / 2)
    const first = half - (half % 8)
    return single(sum(values, start, first) + sum(values, start + first, count - first))
  }
  let total = 0
  let index = 0
  if (count >= 8) {
    for (let lane = 0; lane < 8; lane++) lanes[lane] = values[start + lane]
    for (index = 8; index < count - (count % 8); index += 8) {
      for (let lane = 0; lane < 8; lane++) lanes[lane] += values[start + index + lane]
    }
    total = single(
      single(single(lanes[0] + lanes[1]) + single(lanes[2] + lanes[3])) +
        single(single(lanes[4] + lanes[5]) + single(lanes[6] + lanes[7])),
    )
  }
  for (; index < count; index++) total = single(total + values[start + index])
  return total
}

const lanes = new Float32Array(8)

function asByte(ink) {
  return Math.min(Math.max(Math.round(single(single(ink * 255) + UPWARDS)), 0), 255)
}

// As Python and NumPy round.
function roundHalfEven(value) {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1
  return below % 2 ? below + 1 : below
}

function picture(side) {
  return { values: new Float32Array(side ** 2), height: 0, width: 0 }
}
