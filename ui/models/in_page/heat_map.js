// Runs as a row or a grid of the settings in which they differ: a square for each, the darker the better.

import { make } from "../../shared/in_page/dom.js"
import { percent } from "../../shared/in_page/words.js"

/**
 * @param {HTMLElement} place
 * @param {{ axes: { title: string, values: string[] }[], words: string,
 *   cells: { run: string, at: number[], accuracy: number | null }[] } | null} grid
 * @param {(run: string | null) => void} point told which run the pointer is at.
 */
export function showHeatMap(place, grid, point) {
  const told = JSON.stringify(grid)
  if (place.dataset.told === told) return
  place.dataset.told = told
  place.replaceChildren()
  if (!grid) return
  const [across, down] = grid.axes
  const reached = grid.cells.map(({ accuracy }) => accuracy).filter(each => each !== null)
  const ends = [Math.min(...reached), Math.max(...reached)]
  const head = make("tr", {}, make("td", { textContent: down?.title ?? "" }), ...across.values.map(value => make("th", { scope: "col", textContent: value })))
  const rows = (down?.values ?? [""]).map((value, row) => make("tr", {}, make("th", { scope: "row", textContent: value }),
    ...across.values.map((_, column) => {
      const cells = grid.cells.filter(({ at }) => at[0] === column && (at[1] ?? 0) === row)
      return make("td", {}, ...cells.map(cell => square(cell, ends, point)))
    })))
  place.append(make("h3", { textContent: "Heat map" }), make("p", { textContent: grid.words, role: "status" }),
    make("div.runs-wide", {}, make("table.runs-heat", {}, make("caption", { textContent: across.title }), make("thead", {}, head), make("tbody", {}, ...rows))))
}

function square({ run, accuracy }, [worst, best], point) {
  const link = make("a", { href: `./?run=${encodeURIComponent(run)}`, target: "_self", textContent: accuracy === null ? "…" : percent(accuracy) })
  link.dataset.run = run
  link.onpointerenter = link.onfocus = () => point(run)
  link.onpointerleave = link.onblur = () => point(null)
  if (accuracy !== null) link.style.setProperty("--strength", best > worst ? String((accuracy - worst) / (best - worst)) : "1")
  return link
}
