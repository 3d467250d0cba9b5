// What it costs to train several runs, before anybody presses the button.

import { counted, rounded } from "../../shared/in_page/words.js"

const MORE_SEEDS = 4 // as many as `other_seeds` of `digits/sweep.py` plans

/**
 * How many runs, and for how long.
 * @param {number} runs
 * @param {number | null} seconds expected of all of them; null while nothing was measured.
 */
export function costOf(runs, seconds) {
  const words = counted(runs, "run")
  return Number.isFinite(seconds) ? `${words}, about ${rounded(seconds)}` : words
}

/**
 * The same for runs that are each trained so many times more.
 * @param {{ again: number | null }[]} runs `again`: expected seconds of each; null while nothing was measured.
 * @param {number} times
 */
export function costOfTraining(runs, times = 1) {
  return costOf(times * runs.length, times * runs.reduce((sum, { again }) => sum + (again ?? NaN), 0))
}

/** @param {{ again: number | null }[]} runs each to be trained from other seeds. */
export const costOfRepeating = runs => costOfTraining(runs, MORE_SEEDS)
