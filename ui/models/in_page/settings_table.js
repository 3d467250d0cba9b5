// The settings of runs that are compared, side by side.

import { make } from "../../shared/in_page/dom.js"
import { grouped } from "../../shared/in_page/words.js"

let onlyDiffering = true

/**
 * @param {HTMLElement} place that keeps what it shows as long as that is true.
 * @param {{ runs: import("./comparison.js").Compared[], settings: { title: string, alone: string[], differs: boolean }[] }} told
 */
export function showSettings(place, { runs, settings }) {
  const rows = settings.filter(({ differs }) => differs || !onlyDiffering)
  const told = JSON.stringify([rows, runs.map(({ name }) => name), onlyDiffering])
  if (place.dataset.told === told) return
  place.dataset.told = told
  const fold = make("input", { type: "checkbox", checked: onlyDiffering })
  fold.onchange = () => { onlyDiffering = fold.checked; showSettings(place, { runs, settings }); place.querySelector("input").focus() }
  const names = make("tr", {}, make("td"), ...runs.map(({ name }) => make("th", { scope: "col", textContent: name })))
  const isAlike = new Set(runs.map(({ parameters }) => parameters)).size < 2
  const weights = make("tr", {}, make("th", { scope: "row", textContent: "Weights" }), ...runs.map(({ parameters }) => make("td", { textContent: grouped(parameters) })))
  const table = make("table", {}, make("thead", {}, names), make("tbody", {}, ...rows.map(settingsRow), ...(onlyDiffering && isAlike ? [] : [weights])))
  const same = rows.length ? [] : [make("p", { textContent: "All settings are the same." })]
  place.replaceChildren(make("h3", { textContent: "Settings" }), make("label.runs-fold", {}, fold, "Only what differs"), ...same, make("div.runs-wide", {}, table))
}

function settingsRow({ title, alone, differs }) {
  const row = make("tr", {}, make("th", { scope: "row", textContent: title }), ...alone.map(value => make("td", { textContent: value })))
  if (differs) row.className = "runs-differs"
  return row
}
