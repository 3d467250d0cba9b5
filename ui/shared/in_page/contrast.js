// What on a canvas is no paper. Buffers are kept, because this runs at every frame.

/** @typedef {{ top: number, left: number, height: number, width: number }} Rectangle */

/** How far each pixel is from the edge of the canvas in any channel, 0 to 255, as last found. */
export let contrast = new Uint8Array(0)

/** @type {Rectangle} The part of the canvas that is not paper, as last found. */
export const touched = { top: 0, left: 0, height: 0, width: 0 }

const histograms = [0, 1, 2, 3].map(() => new Uint32Array(256))
const one = new Uint8Array(4)
const oneWord = new Uint32Array(one.buffer)

/**
 * Find `contrast` and `touched`.
 * @param {Uint8ClampedArray | Uint8Array} pixels RGBA of [height, width].
 * @param {number} width
 * @param {number} height
 * @returns {number} the strongest contrast.
 */
export function findContrast(pixels, width, height) {
  const count = width * height
  if (!count) return 0
  if (contrast.length < count) contrast = new Uint8Array(count)
  const seen = isOpaque(pixels, count) ? pixels : withoutHiddenColours(pixels, count)
  const paper = paperOf(seen, width, height)
  const [red, green, blue, alpha] = paper
  const paperWord = asWord(paper)
  const words = new Uint32Array(seen.buffer, seen.byteOffset, count)
  const found = contrast
  found.fill(0, 0, count)
  let strongest = 0
  let lastWord = paperWord
  let lastContrast = 0
  let [top, bottom, left, right] = [height, -1, width, -1]
  for (let row = 0; row < height; row++) {
    const start = row * width
    let first = start
    while (first < start + width && words[first] === paperWord) first++
    if (first === start + width) continue
    let last = start + width - 1
    while (words[last] === paperWord) last--
    for (let index = first; index <= last; index++) {
      const word = words[index]
      if (word === paperWord) continue
      if (word !== lastWord) {
        const at = 4 * index
        lastWord = word
        lastContrast = Math.max(
          Math.abs(seen[at] - red), Math.abs(seen[at + 1] - green),
          Math.abs(seen[at + 2] - blue), Math.abs(seen[at + 3] - alpha),
        )
        if (lastContrast > strongest) strongest = lastContrast
      }
      found[index] = lastContrast
    }
    if (row < top) top = row
    bottom = row
    if (first - start < left) left = first - start
    if (last - start > right) right = last - start
  }
  Object.assign(touched, { top, left, height: bottom - top + 1, width: right - left + 1 })
  return strongest
}

// The four channels of a pixel as the one number that they are in memory.
function asWord(channels) {
  one.set(channels)
  return oneWord[0]
}

function isOpaque(pixels, count) {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, count)
  const opaque = asWord([0, 0, 0, 255]) | 0
  let shared = opaque
  for (let index = 0; index < count; index++) shared &= words[index]
  return shared === opaque
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
