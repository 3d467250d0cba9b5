// Parallel coordinates: an upright axis for each setting that differs, one for the accuracy, and a line for each run.

import { make } from "../../shared/in_page/dom.js"
import { percent } from "../../shared/in_page/words.js"
import { ticksOf } from "./scale.js"

const HEIGHT = 260
const BETWEEN_AXES = 150
const ROOM = { side: 70, top: 34, bottom: 16 }
const MOST_SETTINGS = 6
const FEWEST_RUNS = 3

/**
 * The runs that have a line.
 * @param {{ runs: import("./comparison.js").Compared[], settings: { differs: boolean }[] }} told
 */
export function haveLines({ runs, settings }) {
  return settings.some(({ differs }) => differs) && runs.filter(({ accuracy }) => accuracy !== undefined).length >= FEWEST_RUNS
}

/**
 * @param {HTMLElement} place
 * @param {{ runs: import("./comparison.js").Compared[], settings: { title: string, values: string[], places: number[], differs: boolean }[] }} told
 * @param {(id: string) => { colour: string, dash: number[] }} looks of a run.
 * @param {(run: string | null) => void} point told which run the pointer is at.
 */
export function showParallel(place, { runs, settings }, looks, point) {
  const axes = [...settings.filter(({ differs }) => differs).slice(0, MOST_SETTINGS).map(axisOf), accuracyAxis(runs)]
  const width = 2 * ROOM.side + BETWEEN_AXES * (axes.length - 1)
  const picture = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, class: "runs-parallel" })
  const x = index => ROOM.side + BETWEEN_AXES * index
  const lines = runs.map((run, number) => ({ run, shares: axes.map(({ shareOf }) => shareOf(number)) })).filter(({ shares }) => !shares.includes(null))
  picture.append(...lines.map(({ run, shares }) => lineOf(run, shares.map((share, index) => `${x(index)},${y(share)}`), looks(run.id), point)))
  axes.forEach((axis, index) => picture.append(...axisParts(axis, x(index))))
  place.append(make("p", { textContent: "Each line is a run; follow it from setting to setting to what it reached. Point at one to see its curve above; press it to open the run." }), make("div.runs-wide", {}, picture))
}

function axisOf({ title, values, places }) {
  const last = Math.max(...places)
  const ticks = [...new Set(places)].map(each => ({ share: each / last, words: values[places.indexOf(each)] }))
  return { title, ticks, shareOf: number => places[number] / last }
}

function accuracyAxis(runs) {
  const reached = runs.map(({ accuracy }) => accuracy).filter(each => each !== undefined)
  const [low, high] = [Math.min(...reached), Math.max(...reached)]
  const size = high - low || 1
  const ticks = ticksOf([low, low + size], 4, true).map(({ value, words }) => ({ share: (value - low) / size, words }))
  return { title: "Test accuracy", ticks, shareOf: number => runs[number].accuracy === undefined ? null : (runs[number].accuracy - low) / size }
}

function lineOf({ id, name, accuracy }, points, { colour, dash }, point) {
  const link = svg("a", { href: `./?run=${encodeURIComponent(id)}`, target: "_self", "aria-label": `${name}, ${percent(accuracy)}` })
  const shape = { points: points.join(" "), fill: "none" }
  const title = svg("title")
  title.textContent = `${name}, ${percent(accuracy)}`
  // The wide one, which nobody sees, is easier to point at.
  link.append(title, svg("polyline", { ...shape, stroke: "transparent", "stroke-width": 14 }), svg("polyline", { ...shape, stroke: colour, "stroke-dasharray": dash.join(" "), class: "runs-parallel-line" }))
  link.onpointerenter = link.onfocus = () => point(id)
  link.onpointerleave = link.onblur = () => point(null)
  return link
}

function axisParts({ title, ticks }, x) {
  const words = (text, y, anchor, dx) => {
    const element = svg("text", { x: x + dx, y, "text-anchor": anchor, "dominant-baseline": "middle" })
    element.textContent = text
    return element
  }
  return [svg("line", { x1: x, x2: x, y1: y(0), y2: y(1), stroke: "currentColor" }), words(title, 12, "middle", 0),
    ...ticks.map(({ share, words: text }) => words(text, y(share), "start", 6))]
}

function y(share) {
  return HEIGHT - ROOM.bottom - share * (HEIGHT - ROOM.top - ROOM.bottom)
}

function svg(name, attributes = {}) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}
