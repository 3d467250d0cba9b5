// A run of the comparison as a row of its table: its curve, how well it reads, and what lies between it and the one chosen.

import { make } from "../../shared/in_page/dom.js"
import { percent } from "../../shared/in_page/words.js"
import { choice, writeAddress } from "./choice.js"
import { costOfRepeating } from "./cost.js"

/**
 * Make the row of a run.
 * @param {import("./comparison.js").Comparison} comparison
 * @param {import("./comparison.js").Compared} run
 * @param {string} differs what others have otherwise.
 * @returns {HTMLElement}
 */
export function rowOf(comparison, run, differs) {
  const isBaseline = run.id === comparison.against
  const open = make("a", { href: `./?run=${encodeURIComponent(run.id)}`, textContent: run.name, target: "_self" })
  const state = run.state === "finished" ? [] : [make("small", { textContent: `${run.state} · ${run.words}` })]
  const again = make("a", { href: `./?${new URLSearchParams(run.query)}`, textContent: "train the same", target: "_self" })
  const said = isBaseline ? "" : [run.against?.words ?? run.trouble, run.against?.luck].filter(Boolean).join(" ")
  const row = make("tr", {}, make("td", {}, eyeOf(comparison, run)),
    make("th", { scope: "row" }, open, ...state, make("small", { textContent: differs }), make("small", {}, again, " · ", wayOut(comparison, run))),
    make("td.runs-value"), labelled(make("td", {}, ...accuracy(run)), "Test accuracy"),
    make("td", {}, make("label.runs-against", {}, baselineChoice(comparison, run), isBaseline ? "the others beside this" : "", ...difference(run))),
    make("td", {}, said, ...repeatOffer(comparison, run)))
  row.dataset.run = run.id
  row.onpointerenter = () => comparison.standOut(run.id)
  row.onpointerleave = () => comparison.standOut(null)
  return row
}

/** On a phone a card has no heads of columns: name what stands in a cell. */
export function labelled(cell, name) {
  if (cell.dataset.column !== name) cell.dataset.column = name
  return cell
}

function eyeOf(comparison, run) {
  const { hidden } = comparison
  const eye = make("button.runs-eye", { type: "button", ariaPressed: String(!hidden.has(run.id)), ariaLabel: `Curve of ${run.name}`, title: "Show or hide the curve" })
  showKey(comparison, eye, run.id)
  eye.onclick = () => {
    hidden[hidden.has(run.id) ? "delete" : "add"](run.id)
    eye.ariaPressed = String(!hidden.has(run.id))
    comparison.showChart()
  }
  eye.dataset.focus = `eye-${run.id}`
  return eye
}

/** Show in a row what its curve looks like in the chart: seeds that are one curve there have one key. */
export function showKey(comparison, eye, id) {
  eye.replaceChildren(swatch(comparison.shownLine(id)))
}

function swatch({ colour, dash, band }) {
  const line = make("span", { ariaHidden: "true" })
  const around = band ? `<rect x="2" width="32" height="14" fill="${colour}" fill-opacity="0.18"/>` : ""
  line.innerHTML = `<svg width="36" height="14">${around}<line x1="2" y1="7" x2="34" y2="7" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash.join(" ")}"/></svg>`
  return line
}

function baselineChoice(comparison, run) {
  const chosen = make("input", { type: "radio", name: "runs-against", checked: run.id === comparison.against, ariaLabel: `Compare with ${run.name}` })
  chosen.dataset.focus = `against-${run.id}`
  chosen.onchange = () => { choice.against = run.id; writeAddress(); comparison.look() }
  return chosen
}

// The ready-made network and what a link has brought have no row that could be unticked.
function wayOut(comparison, run) {
  const out = make("button.runs-out", { type: "button", textContent: "take out", ariaLabel: `Take ${run.name} out of the comparison` })
  out.dataset.focus = `out-${run.id}`
  out.onclick = () => {
    comparison.takeOut(run.id)
    comparison.place.focus({ preventScroll: true })
  }
  return out
}

// Whether it is the settings or the seed, only more runs can tell.
function repeatOffer(comparison, run) {
  if (!run.against?.luck) return []
  const both = comparison.told.runs.filter(({ id }) => id === comparison.against || id === run.id)
  const wanted = both.filter(({ id, toRepeat }) => toRepeat && id !== comparison.readyMade)
  if (!wanted.length) return []
  const cost = costOfRepeating(wanted.map(each => comparison.own.find(({ id }) => id === each.id) ?? { ...each, seeds: 1 }))
  const who = wanted.length > 1 ? "both" : wanted[0].name
  const words = cost ? `Repeat ${who} with 5 seeds` : `Compare all seeds of ${who}`
  const repeat = make("button.runs-button", { type: "button", textContent: words })
  repeat.dataset.focus = `repeat-${run.id}`
  repeat.onclick = () => comparison.ask({ what: "repeat", runs: wanted.map(({ id }) => id) })
  return [" ", repeat, make("small", { textContent: cost })]
}

function accuracy(run) {
  if (run.accuracy === undefined) return ["–"]
  const [low, high] = run.interval.map(each => (100 * each).toFixed(2))
  return [make("strong", { textContent: percent(run.accuracy) }), make("small", { textContent: `${low} to ${high}` })]
}

/** A difference in points of a percent; what is shown as nothing has no sign. */
export function signed(share) {
  const points = Math.abs(100 * share).toFixed(2)
  return Number(points) ? `${share < 0 ? "−" : "+"}${points}` : points
}

function difference({ against }) {
  if (!against) return []
  const kind = against.isWithinNoise || against.isAnotherSeed ? "noise" : against.difference > 0 ? "better" : "worse"
  const [low, high] = against.interval.map(signed)
  return [make(`span.runs-difference.runs-${kind}`, {}, make("strong", { textContent: signed(against.difference) }),
    make("small", { textContent: `${low} to ${high}`, title: "95% interval of the difference, in points of a percent" }))]
}
