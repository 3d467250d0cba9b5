// Curves of runs that differ in their seed alone, as one: their mean, and a band around all of them.

import { looksOfGroups } from "./looks.js"
import { valueAt } from "./scale.js"

/**
 * @param {import("./chart.js").Line[]} lines
 * @param {{ runs: string[], name: string }[]} groups ids of runs that belong together, and what they are called.
 * @param {string[]} ids of all runs, also of those whose lines are hidden.
 * @param {boolean} isDark whether the page is.
 * @returns {import("./chart.js").Line[]} a line for each group, which looks as no other, and those of none as they are.
 */
export function joined(lines, groups, ids, isDark) {
  const isOf = ({ runs }, id) => runs.includes(id)
  const looks = looksOfGroups(groups.length, ids.filter(id => !groups.some(group => isOf(group, id))), isDark)
  const alone = lines.filter(({ id }) => !groups.some(group => isOf(group, id)))
  const together = groups.flatMap((group, index) => {
    const members = lines.filter(({ id, x }) => isOf(group, id) && x.length)
    // One alone looks as all of them will.
    if (members.length < 2) return members.map(line => ({ ...line, ...looks[index] }))
    return [asOne(members, `${group.name} (${members.length} seeds)`, looks[index])]
  })
  return [...alone, ...together]
}

function asOne(group, name, looks) {
  const longest = group.reduce((one, other) => (other.x.at(-1) > one.x.at(-1) ? other : one))
  const points = longest.x.map(x => {
    const values = group.map(line => valueAt(line, x)).filter(value => value !== null)
    return { x, values }
  }).filter(({ values }) => values.length)
  return {
    ...group[0], ...looks,
    name,
    members: group.map(({ id }) => id),
    x: points.map(({ x }) => x),
    y: points.map(({ values }) => values.reduce((sum, value) => sum + value, 0) / values.length),
    band: { low: points.map(({ values }) => Math.min(...values)), high: points.map(({ values }) => Math.max(...values)) },
  }
}
