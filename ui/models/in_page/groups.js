// Runs that differ in their seed alone, folded into one row that opens: the mean of those that ended, and how far they lie apart.

import { make } from "../../shared/in_page/dom.js"
import { counted, percent, rounded } from "../../shared/in_page/words.js"
import { shapeOf } from "./shape.js"

/** @typedef {import("./models.js").Row} Row */
/** @typedef {import("./models.js").Group} Group */

const opened = new Set() // groups; they stay open while the visitor looks at other pages

const mean = values => (values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined)
const known = (rows, key) => rows.map(key).filter(value => value !== undefined && value !== null)

/**
 * @param {Row[]} rows
 * @returns {(Row | Group)[]} a group in place of two rows or more that belong to one.
 */
export function folded(rows) {
  const members = new Map()
  for (const row of rows) if (row.group) members.set(row.group, [...(members.get(row.group) ?? []), row])
  const areFolded = row => row.group && members.get(row.group).length > 1
  const groups = [...members.values()].filter(({ length }) => length > 1).map(asGroup)
  return [...rows.filter(row => !areFolded(row)), ...groups]
}

function asGroup(members) {
  const oldest = members.find(({ id, group }) => id === group) ?? members[0]
  const newest = members.reduce((one, other) => (other.created > one.created ? other : one))
  const ended = members.filter(({ active, planned }) => !active && !planned)
  const reached = known(ended, ({ accuracy }) => accuracy)
  const center = mean(reached)
  return {
    ...oldest, id: `seeds of ${oldest.group}`, members, created: newest.created, when: newest.when,
    accuracy: center,
    spread: reached.length > 1 ? Math.sqrt(reached.reduce((sum, each) => sum + (each - center) ** 2, 0) / (reached.length - 1)) : undefined,
    validation: mean(known(ended, ({ validation }) => validation)) ?? null,
    seconds: mean(known(ended, ({ seconds }) => seconds || null)) ?? 0,
    state: stateOf(members),
    active: members.some(({ active }) => active), planned: members.some(({ planned }) => planned),
  }
}

function stateOf(members) {
  const states = new Set(members.map(({ state }) => state))
  if (states.size === 1) return members[0].state
  return `${members.filter(({ state }) => state === "finished").length} of ${members.length} finished`
}

/**
 * The rows of those groups that are open stand below them.
 * @param {(Row | Group)[]} rows
 * @param {(rows: Row[]) => Row[]} sorted
 */
export const unfolded = (rows, sorted) => rows.flatMap(row => (opened.has(row.id) ? [row, ...sorted(row.members)] : [row]))

/** How much of all that is to be done is done. */
export const shareOf = ({ members }) => mean(members.map(({ active, planned, share }) => (active || planned ? share : 1)))

/** What stands in the cells of a group, by the name of their column, where it is not what stands in a run's. */
export const GROUP_CELLS = {
  Network: (group, table) => {
    const isOpen = opened.has(group.id)
    const fold = make("button.runs-name", { type: "button", textContent: group.name, ariaExpanded: String(isOpen), title: isOpen ? "Close" : "Show each seed" },
      make("small", { textContent: `${isOpen ? "▾" : "▸"} ${counted(group.members.length, "seed")}` }))
    fold.onclick = () => {
      opened[isOpen ? "delete" : "add"](group.id)
      table.arrange()
      table.countTicked()
      table.body.querySelector(`[data-run="${CSS.escape(group.id)}"] .runs-name`)?.focus()
    }
    return [shapeOf(group.widths), make("span.runs-named", {}, fold)]
  },
  State: (group, table) => {
    const icons = [...new Set(group.members.map(({ icon }) => icon))].map(textContent => make("span.runs-icon", { ariaHidden: "true", textContent }))
    const state = make("span.runs-state", {}, ...icons, make("span", { textContent: group.state }))
    const inWork = group.members.filter(({ active, planned }) => active || planned).map(({ id }) => id)
    if (!inWork.length) return [state]
    const stop = make("button.runs-button", { type: "button", textContent: `Stop ${inWork.length}`, onclick: () => table.ask({ what: "stop", runs: inWork }) })
    return [state, make("progress", { max: 1, value: shareOf(group), ariaLabel: "Progress" }), stop]
  },
  "What differs": group => {
    const parts = group.differs.split(" · ").filter(part => !/^seed \d+$/.test(part))
    const seeds = group.members.map(({ seed }) => seed).sort((one, other) => one - other)
    return [[...parts, `seeds ${seeds.join(", ")}`].join(" · ")]
  },
  "Test accuracy": group => {
    if (group.accuracy === undefined) return ["–"]
    const spread = group.spread === undefined ? "one seed so far" : `± ${(100 * group.spread).toFixed(2)}`
    return [make("strong", { textContent: percent(group.accuracy) }), make("small", { textContent: spread, title: "Mean and standard deviation of the seeds, in points of a percent" })]
  },
  "Your digits": () => ["–"],
  Time: group => [group.seconds ? `${rounded(group.seconds)} each` : "–"],
}
