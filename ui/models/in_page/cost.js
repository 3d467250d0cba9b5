// What it costs to repeat runs, before anybody presses the button.

import { counted, rounded } from "../../shared/in_page/words.js"

const MORE_SEEDS = 4 // as many as `other_seeds` of `digits/sweep.py` plans

/**
 * How many runs, and for how long.
 * @param {{ again: number | null }[]} runs `again`: expected seconds of each; null while nothing was measured.
 */
export function costOfRepeating(runs) {
  const words = counted(MORE_SEEDS * runs.length, "run")
  const seconds = runs.reduce((sum, { again }) => sum + (again ?? NaN), 0) * MORE_SEEDS
  return Number.isFinite(seconds) ? `${words}, about ${rounded(seconds)}` : words
}
