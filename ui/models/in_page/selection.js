// Which runs are ticked, and which are compared. They stay while the visitor looks at other pages.

import { choice, readAddress } from "./choice.js"

// What was started together, the ready-made network and what a link brings are compared without a tick: no button that
// says how many are ticked means them.
export const ticked = /** @type {Set<string>} */ (new Set())
export const compared = /** @type {Set<string>} */ (new Set())
const KEPT = "runs-ticked" // over a reload

/**
 * Compare what the address names, in place of what was.
 * @returns {boolean} whether another page has sent the visitor to the comparison: then their runs in it are ticked, too.
 */
export function takeFromAddress() {
  const isSent = new URLSearchParams(location.search).has("tick")
  if (!readAddress()) return false
  const before = [...ticked, ...keptTicks()]
  ticked.clear()
  compared.clear()
  for (const id of choice.runs) compared.add(id)
  for (const id of isSent ? choice.runs : before) if (compared.has(id)) ticked.add(id)
  return isSent
}

/**
 * Tick runs, which compares them, or no more.
 * @param {string[]} ids
 * @param {boolean} areTicked
 */
export function tickRuns(ids, areTicked) {
  for (const id of ids) for (const set of [ticked, compared]) set[areTicked ? "add" : "delete"](id)
}

/** @returns {string[]} what was ticked before the page was loaded anew. */
function keptTicks() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? []
  } catch {
    return [] // of a browser that keeps nothing
  }
}

/** Keep what is ticked over a reload. */
export function keepTicks() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([...ticked]))
  } catch {
    // They are gone after a reload.
  }
}
