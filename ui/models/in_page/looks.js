// How the curve of each run looks: a colour and a dash, the same for as long as the page is open.

const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#946a00", "#2b8cc4", "#6A3D9A", "#B2182B", "#5d6873", "#7a4405"]
const ON_DARK = ["#56B4E9", "#ff8a3d", "#2fc79a", "#e08fc0", "#e6b422", "#8fd0f5", "#b79be0", "#f2707d", "#b3bdc7", "#c98d4e"]
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]]
const places = new Map()

/**
 * @param {string} id of a run.
 * @param {boolean} isDark whether the page is.
 * @returns {{ colour: string, dash: number[] }}
 */
export function looksOf(id, isDark) {
  return looksAt(placeOf(id), isDark)
}

/**
 * How curves look that stand for several runs each: as no other curve beside them.
 * @param {number} count of these curves.
 * @param {string[]} others runs with a curve of their own.
 * @param {boolean} isDark
 * @returns {{ colour: string, dash: number[] }[]}
 */
export function looksOfGroups(count, others, isDark) {
  const taken = new Set(others.map(placeOf))
  return Array.from({ length: count }, () => {
    const place = firstFree(taken)
    taken.add(place)
    return looksAt(place, isDark)
  })
}

function placeOf(id) {
  if (!places.has(id)) places.set(id, firstFree(new Set(places.values())))
  return places.get(id)
}

function firstFree(taken) {
  let place = 0
  while (taken.has(place)) place++
  return place
}

function looksAt(place, isDark) {
  // Neighbours differ in both.
  const round = Math.floor(place / COLOURS.length)
  return { colour: (isDark ? ON_DARK : COLOURS)[place % COLOURS.length], dash: DASHES[(place + round) % DASHES.length] }
}

/** Forget runs that are not compared any more, so that others get what they had. */
export function keepLooks(ids) {
  const kept = new Set(ids)
  for (const id of places.keys()) if (!kept.has(id)) places.delete(id)
}
