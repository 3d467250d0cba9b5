// Curves of runs that differ in their seed alone, as one: their mean, and a band around all of them.

import { valueAt } from "./scale.js"

/**
 * @param {import("./chart.js").Line[]} lines
 * @param {string[][]} groups ids of runs that belong together.
 * @returns {import("./chart.js").Line[]} a line for each group, which looks as the first of it, and those of none as they are.
 */
export function joined(lines, groups) {
  const grouped = groups.map(ids => lines.filter(({ id, x }) => ids.includes(id) && x.length)).filter(group => group.length > 1)
  const taken = new Set(grouped.flat())
  return [...lines.filter(line => !taken.has(line)), ...grouped.map(asOne)]
}

function asOne(group) {
  const longest = group.reduce((one, other) => (other.x.at(-1) > one.x.at(-1) ? other : one))
  const points = longest.x.map(x => {
    const values = group.map(line => valueAt(line, x)).filter(value => value !== null)
    return { x, values }
  }).filter(({ values }) => values.length)
  return {
    ...group[0],
    members: group.map(({ id }) => id),
    x: points.map(({ x }) => x),
    y: points.map(({ values }) => values.reduce((sum, value) => sum + value, 0) / values.length),
    band: { low: points.map(({ values }) => Math.min(...values)), high: points.map(({ values }) => Math.max(...values)) },
  }
}
