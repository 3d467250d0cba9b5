// What a chart's axes show, and what its curves say at a place.

import { percent } from "../../shared/in_page/words.js"

const FEW = 4 // of the first points of a curve say little of the rest

/**
 * @param {{ x: number[], y: (number | null)[] }} line
 * @param {number} x
 * @returns {number | null} what lies on the line there; null before its start, after its end and in its gaps.
 */
export function valueAt({ x, y }, x0) {
  if (!x.length || x0 < x[0] || x0 > x.at(-1)) return null
  let low = 0
  let high = x.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (x[middle] <= x0) low = middle
    else high = middle
  }
  if (x0 === x[high]) return y[high]
  if (y[low] === null || y[high] === null) return y[low]
  if (x[high] === x[low]) return y[high]
  return y[low] + ((x0 - x[low]) / (x[high] - x[low])) * (y[high] - y[low])
}

/**
 * What the axes show: all of x, and of y as much as tells the curves apart. One that ran away flattens no other.
 * @param {{ x: number[], y: (number | null)[] }[]} lines
 * @param {boolean} isShare whether y is a share of 1, where more is better.
 */
export function endsOf(lines, isShare) {
  const last = Math.max(0, ...lines.map(({ x }) => x.at(-1) ?? 0))
  const shown = lines.map(({ y }) => {
    const numbers = y.filter(value => value !== null && Number.isFinite(value))
    return numbers.length > 2 * FEW ? numbers.slice(FEW) : numbers
  }).filter(numbers => numbers.length)
  return { x: [0, last || 1], y: isShare ? shareEnds(shown) : lossEnds(shown) }
}

function shareEnds(shown) {
  if (!shown.length) return [0, 1]
  const lowest = Math.min(...shown.map(numbers => quantile(numbers, 0.1)))
  const highest = Math.max(...shown.map(numbers => quantile(numbers, 1)))
  const top = highest < 0.4 ? 0.5 : [0.9, 0.95].find(each => each > highest) ?? 1
  const room = 0.1 * (top - lowest)
  return [[0.98, 0.95, 0.9, 0.85, 0.8, 0.7, 0.5, 0].find(each => each <= lowest - room) ?? 0, top]
}

function lossEnds(shown) {
  if (!shown.length) return [0, 2.5]
  const tops = shown.map(numbers => quantile(numbers, 0.9)).sort((one, other) => one - other)
  const usual = tops[Math.floor((tops.length - 1) / 2)]
  const top = Math.max(...tops.filter(each => each <= Math.max(2.6, 3 * usual)), usual)
  return [0, 1.1 * top || 1]
}

function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.round(share * (sorted.length - 1))]
}

/**
 * A point of a curve, written.
 * @param {number} value
 * @param {boolean} isShare whether it is a share of 1.
 */
export function written(value, isShare) {
  return isShare ? percent(value) : value.toFixed(4)
}

/**
 * Round numbers along an axis, and how they are written.
 * @param {number[]} ends
 * @param {number} most
 * @param {boolean} isShare
 */
export function ticksOf([from, to], most, isShare) {
  const rough = (to - from) / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 5, 10].find(each => each * power >= rough * (1 - 1e-9))
  const ticks = []
  for (let value = Math.ceil(from / step - 1e-9) * step; value <= to + 1e-9 * step; value += step) {
    const number = Number(value.toPrecision(12))
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) - 2)
    const words = isShare ? `${(100 * number).toFixed(decimals)}%` : number.toLocaleString("en", { maximumFractionDigits: 6 })
    ticks.push({ value: number, words })
  }
  return ticks
}
