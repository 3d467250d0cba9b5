// Whether a drawing is perhaps no digit: digits/outlier_detection.py once more.

import { Network } from "./forward.js"
import { IMAGE_SIDE, asByte, shape } from "./prepare.js"
import { loadWeights } from "./weights.js"

/**
 * The rules about shapes, with the numbers of digits/outlier_detection.py.
 * @typedef {{ dotWidth: number, digitHeight: number, mostParts: number, faintestPart: number }} Rules
 *
 * The small network and the rules, as the server offers them; sentences by their reason.
 * @typedef {{ address: string, widths: number[], believed: number, rules: Rules, sentences: Record<string, string> }} Detector
 */

/**
 * Fetch the small network.
 * @param {Detector} detector
 * @returns {Promise<(image: Uint8Array) => string | undefined>} what says of the image that was prepared last, [784], why it may be no digit.
 * @throws {Error} it cannot be had.
 */
export async function loadDetector({ address, widths, believed, rules, sentences }) {
  const network = new Network(await loadWeights(address, widths), widths, "relu")
  return image => {
    const reason = reasonOfShape(image, rules)
    if (reason) return sentences[reason]
    network.read(image, 1)
    return network.layers.at(-1)[0] > believed ? sentences.unlike : undefined
  }
}

/**
 * What can be seen from the shape alone.
 * @param {ArrayLike<number>} image that was prepared last, [784].
 * @param {Rules} rules
 * @returns {"dot" | "number" | "parts" | ""}
 */
export function reasonOfShape(image, { dotWidth, digitHeight, mostParts, faintestPart }) {
  if (shape.strokeWidth > dotWidth) return "dot"
  if (isNumber(shape.evened, digitHeight, faintestPart)) return "number"
  return countParts(image, faintestPart) >= mostParts ? "parts" : ""
}

// Whether a column of paper parts what is drawn into two that are as high as digits.
function isNumber({ values, height, width }, digitHeight, faintest) {
  const rowsOf = column => [...Array(height).keys()].filter(row => asByte(values[row * width + column]) > faintest)
  const columns = Array.from({ length: width }, (_, column) => rowsOf(column))
  const heightOf = some => {
    const rows = some.flat()
    return rows.length ? Math.max(...rows) - Math.min(...rows) + 1 : 0
  }
  const isAsHigh = some => heightOf(some) >= digitHeight * height
  const isGap = (rows, column) => column > 0 && !rows.length && columns[column - 1].length > 0
  return columns.some((rows, column) => isGap(rows, column) && isAsHigh(columns.slice(0, column)) && isAsHigh(columns.slice(column)))
}

// Separate marks, those that touch at a corner counted as one.
function countParts(image, faintest) {
  const left = new Set([...Array(IMAGE_SIDE ** 2).keys()].filter(place => image[place] > faintest))
  let parts = 0
  for (const start of left) {
    parts++
    for (const places = [start]; places.length;) {
      const place = places.pop()
      left.delete(place)
      const column = place % IMAGE_SIDE
      for (let other = Math.max(column - 1, 0); other <= Math.min(column + 1, IMAGE_SIDE - 1); other++) {
        for (const next of [-IMAGE_SIDE, 0, IMAGE_SIDE].map(rows => place - column + other + rows)) if (left.delete(next)) places.push(next)
      }
    }
  }
  return parts
}
