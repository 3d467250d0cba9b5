// The confusion matrix as a grid of squares, each of which opens its images.

import { make, segments } from "./dom.js"
import { counted, percent } from "../../shared/in_page/words.js"

const CLASSES = 10
const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }

/**
 * @param {number[][]} matrix a row for each label, a column for each answer.
 * @param {(label: number, answer: number) => void} open
 * @returns {HTMLElement}
 */
export function showConfusions(matrix, open) {
  const most = Math.max(1, ...matrix.flatMap((row, label) => row.filter((_, answer) => answer !== label)))
  const buttons = matrix.map((row, label) => row.map((count, answer) => square(matrix, most, label, answer, open)))
  const grid = make("table.inside-confusions", { role: "grid" })
  grid.append(make("caption", {}, "Written as (rows), read as (columns)"), heading(), ...buttons.map(rowOf))
  buttons[0][0].tabIndex = 0
  grid.onkeydown = event => move(event, buttons)
  const write = how => buttons.flat().forEach((button, index) => {
    const row = matrix[Math.floor(index / CLASSES)]
    button.textContent = how === "rates" ? rate(row[index % CLASSES], row) : row[index % CLASSES] || ""
  })
  write("counts")
  const choose = segments("Squares show", [["counts", "Counts"], ["rates", "Rates in %"]], write)
  return make("section.inside-confusion-part", {}, make("h2", { textContent: "What it confuses" }), choose, grid)
}

function heading() {
  const cells = Array.from({ length: CLASSES }, (_, digit) => make("th", { scope: "col", textContent: digit }))
  return make("tr", {}, make("td"), ...cells)
}

function rowOf(buttons, label) {
  const cells = buttons.map(button => make("td", { role: "gridcell" }, button))
  return make("tr", {}, make("th", { scope: "row", textContent: label }), ...cells)
}

function square(matrix, most, label, answer, open) {
  const count = matrix[label][answer]
  const total = matrix[label].reduce((sum, each) => sum + each, 0)
  const share = total ? ` (${percent(count / total)} of all written ${label})` : ""
  const said = `${label} read as ${answer}: ${counted(count, "image")}${share}`
  const button = make("button", { type: "button", tabIndex: -1, ariaLabel: said, title: said })
  button.onclick = () => open(label, answer)
  if (label === answer) button.className = "inside-right"
  // By the root, or one pair of digits would outshine all others.
  else button.style.setProperty("--strength", Math.sqrt(count / most).toFixed(3))
  return button
}

function rate(count, row) {
  const total = row.reduce((sum, each) => sum + each, 0)
  return count && total ? (100 * count / total).toFixed(count === total ? 0 : 1) : ""
}

function move(event, buttons) {
  const step = STEPS[event.key]
  const at = buttons.flat().indexOf(document.activeElement)
  if (!step || at < 0) return
  event.preventDefault()
  const next = buttons[Math.floor(at / CLASSES) + step[0]]?.[at % CLASSES + step[1]]
  if (!next) return
  document.activeElement.tabIndex = -1
  next.tabIndex = 0
  next.focus()
}
