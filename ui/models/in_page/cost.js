// What it costs to train several runs, before anybody presses the button.

import { counted, rounded } from "../../shared/in_page/words.js"

const SEEDS = 5 // as many as `other_seeds` of `digits/sweep.py` comes to

/**
 * How many runs, and for how long.
 * @param {number} runs
 * @param {number | null} seconds expected of all of them; null while nothing was measured.
 * @param {string} [noun] what one of them is called.
 */
export function costOf(runs, seconds, noun = "run") {
  const words = counted(runs, noun)
  return Number.isFinite(seconds) ? `${words}, about ${rounded(seconds)}` : words
}

/**
 * The same for runs that are each trained once more.
 * @param {{ again: number | null }[]} runs `again`: expected seconds of each; null while nothing was measured.
 * @param {string} [noun] what one of them is called.
 */
export function costOfTraining(runs, noun = "run") {
  return costOf(runs.length, runs.reduce((sum, { again }) => sum + (again ?? NaN), 0), noun)
}

/**
 * The same for runs that are trained until there are five seeds of each; empty where there are.
 * @param {{ again: number | null, seeds: number }[]} runs that differ in more than their seed; `seeds`: so many are there.
 */
export function costOfRepeating(runs) {
  const missing = runs.flatMap(run => Array(Math.max(0, SEEDS - run.seeds)).fill(run))
  return missing.length ? costOfTraining(missing, "more run") : ""
}
