// A run as a row of the table; on a phone, as a card.

import { make } from "../../shared/in_page/dom.js"
import { grouped, percent } from "../../shared/in_page/words.js"
import { GROUP_CELLS } from "./groups.js"
import { compared, ticked } from "./selection.js"
import { shapeOf } from "./shape.js"

/** @typedef {import("./models.js").Row} Row */

const icon = name => make("span.runs-icon", { ariaHidden: "true", textContent: name })

/** The columns: how each is named, sorted and filled. Those without a key cannot be sorted by. */
export const COLUMNS = [
  { name: "Network", key: row => row.name.toLowerCase(), fill: nameCell },
  { name: "State", key: row => row.state, fill: stateCell },
  { name: "What differs", fill: differsCell },
  { name: "Test accuracy", key: row => row.accuracy, high: true, fill: accuracyCell },
  { name: "Your digits", key: row => row.own?.share, high: true, fill: ownCell, needed: row => row.own },
  { name: "Best validation", key: row => row.validation, high: true, fill: row => [row.validation === null ? "–" : percent(row.validation)] },
  { name: "Time", key: row => row.seconds || null, fill: row => [row.took || "–"] },
  { name: "Weights", key: row => row.parameters, fill: row => [grouped(row.parameters)] },
  { name: "When", key: row => row.created, high: true, fill: row => [row.when] },
]

/**
 * Make the row of a run, or of a group of runs.
 * @param {Row | import("./models.js").Group} row
 * @param {typeof COLUMNS} columns
 * @param {import("./run_table.js").RunTable} table
 * @returns {HTMLElement}
 */
export function makeRow(row, columns, table) {
  const tick = make("input", { type: "checkbox", ariaLabel: row.members ? `Tick all seeds of ${row.name}` : `Tick ${row.name}` })
  tick.onchange = () => table.tick(idsOf(row), tick.checked)
  const element = make("tr", {}, make("td.runs-tick", {}, make("label", {}, tick)))
  element.dataset.run = row.id
  for (const column of columns) {
    const fill = (row.members && GROUP_CELLS[column.name]) || column.fill
    const cell = make(column === columns[0] ? "th" : "td", {}, ...fill(row, table))
    if (column === columns[0]) cell.scope = "row"
    cell.dataset.column = column.name
    element.append(cell)
  }
  element.append(make("td.runs-actions", {}, ...(row.members ? [] : actions(row, table))))
  return element
}

const idsOf = row => (row.members ?? [row]).map(({ id }) => id)

/** Show in a row whether its runs are ticked, and whether they are compared. */
export function showTicks(element, row) {
  const ids = idsOf(row)
  const count = ids.filter(id => ticked.has(id)).length
  const tick = element.querySelector(".runs-tick input")
  tick.checked = count === ids.length
  tick.indeterminate = count > 0 && !tick.checked
  element.classList.toggle("is-compared", ids.some(id => compared.has(id)))
}

function nameCell(row, table) {
  const open = make("button.runs-name", { type: "button", textContent: row.name, title: "Open" })
  open.onclick = () => table.ask({ what: "open", runs: [row.id] })
  const edit = make("button.runs-quiet", { type: "button", ariaLabel: `Rename ${row.name}`, title: "Rename" }, icon("edit"))
  edit.onclick = () => rename(row, named, table)
  const named = make("span.runs-named", {}, open, edit)
  return [shapeOf(row.widths), named]
}

function rename(row, named, table) {
  const before = [...named.childNodes]
  const field = make("input", { value: row.name, maxLength: 60, ariaLabel: "New name" })
  let isOver = false
  const end = kept => {
    if (isOver) return
    isOver = true
    const name = field.value.trim()
    named.replaceChildren(...before)
    before[1].focus()
    if (!kept || !name || name === row.name) return
    before[0].textContent = name
    table.ask({ what: "rename", runs: [row.id], name })
  }
  field.onkeydown = ({ key, isComposing }) => {
    if (key === "Enter" && !isComposing) end(true)
    if (key === "Escape") end(false)
  }
  field.onblur = () => end(true)
  named.replaceChildren(field)
  field.select()
}

function stateCell(row, table) {
  const state = make("span.runs-state", {}, icon(row.icon), make("span", { textContent: row.state }))
  if (!row.active && !row.planned) return [state]
  const bar = make("progress", { max: 1, value: row.share, ariaLabel: "Progress" })
  const stop = make("button.runs-button", { type: "button" }, icon("stop"), row.fineTuned ? "Stop the lesson" : "Stop")
  stop.onclick = () => table.ask({ what: "stop", runs: [row.id] })
  return [state, bar, make("small.runs-words", { textContent: row.words }), stop]
}

/** What is set otherwise, and why a run ended before its time: the widest column has room for it. */
function differsCell(row) {
  const settings = make("span", { textContent: row.differs, title: row.settings })
  const isCutShort = !row.active && !row.planned && row.state !== "finished"
  return isCutShort ? [settings, make("small", { textContent: row.words })] : [settings]
}

function accuracyCell(row) {
  if (row.accuracy === undefined) return ["–"]
  const [low, high] = row.interval.map(each => (100 * each).toFixed(2))
  const title = `95% interval: of all digits written like these it reads ${low}% to ${high}%`
  return [make("strong", { textContent: percent(row.accuracy) }), make("small", { textContent: `${low} to ${high}`, title })]
}

function ownCell(row) {
  if (row.own === null && row.accuracy !== undefined) return [make("small", { textContent: "…" })]
  return [row.own ? make("span", { textContent: row.own.short, title: row.own.words }) : "–"]
}

function actions(row, table) {
  const found = []
  const press = (symbol, label, what) => {
    const button = make("button.runs-quiet", { type: "button", title: label, ariaLabel: `${label}: ${row.name}` }, icon(symbol))
    button.onclick = what
    found.push(button)
  }
  if (row.weights) press("draw", "Draw for it", () => table.ask({ what: "draw", runs: [row.id] }))
  press("share", "Share", () => table.share("./", `run=${row.id}`, "Link copied. It shows this run to anyone."))
  if (row.keras) {
    found.push(make("a.runs-quiet", { href: row.keras, title: row.home, ariaLabel: `Keras file: ${row.name}` }, icon("download")))
  }
  if (!row.active) press("delete", "Delete", () => table.remove([row.id]))
  return found
}
