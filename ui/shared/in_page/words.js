// Numbers in words, as digits/words.py puts them.

/** @param {number} digit */
export const aDigit = digit => `${digit === 8 ? "an" : "a"} ${digit}`

/** What one does to see more of a thing: a finger cannot hover over it. */
export const pointAt = () => (matchMedia("(pointer: coarse)").matches ? "Tap" : "Point at")

/** @param {number} number */
export const grouped = number => number.toLocaleString("en")

/**
 * @param {number} number
 * @param {string} thing
 */
export const counted = (number, thing) => `${grouped(number)} ${thing}${number === 1 ? "" : "s"}`

/** A share of 1 with two decimals, as test accuracies are written. */
export const percent = share => `${(100 * share).toFixed(2)}%`

/**
 * A probability: none is ever quite 0 or 1.
 * @param {number} share
 * @param {string} below what stands before the least that is said.
 * @param {string} above what stands before the most.
 */
export function probability(share, below = "under ", above = "over ") {
  const said = (100 * share).toFixed(1)
  if (said === "0.0") return `${below}0.1%`
  if (said === "100.0") return `${above}99.9%`
  return `${said}%`
}

// Expected times below so many seconds are said to the nearest so many.
const ROUNDED_TO = [[10, 1], [60, 5], [180, 10], [600, 30]]

/**
 * An expected time, no finer than it can be known.
 * @param {number} seconds
 */
export function rounded(seconds) {
  const [, step] = ROUNDED_TO.find(([most]) => seconds < most) ?? [0, 60]
  const whole = Math.max(1, Math.round(seconds / step) * step)
  if (whole < 60) return `${whole} s`
  const rest = whole % 60
  return `${Math.floor(whole / 60)} min${rest ? ` ${String(rest).padStart(2, "0")} s` : ""}`
}
