// How the weights of each layer are spread, with those that training began with behind.

import { make } from "./dom.js"
import { grouped } from "../../shared/in_page/words.js"

const BINS = 61
const [WIDTH, HEIGHT] = [300, 110]

/**
 * @param {Float32Array[]} kernels of all layers.
 * @param {Float32Array[] | null} initial the same before training; null where they were not kept.
 * @param {number[]} widths
 * @returns {HTMLElement}
 */
export function showHistograms(kernels, initial, widths) {
  const words = initial
    ? "Filled: now. Dashed line: before training."
    : "The weights from before training were not kept for this network."
  return make("section", {}, make("h2", { textContent: "How the weights are spread" }),
    make("p", { textContent: words }),
    make("div.inside-histograms", {}, ...kernels.map((kernel, index) => one(kernel, initial?.[index], index, widths))))
}

function one(kernel, initial, index, widths) {
  const largest = [kernel, initial ?? []].reduce((most, weights) => (
    weights.reduce((so, weight) => Math.max(so, Math.abs(weight)), most)
  ), 1e-9)
  const now = counts(kernel, largest)
  const before = initial && counts(initial, largest)
  const most = Math.max(...now, ...(before ?? []))
  const isLast = index === widths.length - 2
  const name = isLast ? "The ten digits" : `Layer ${index + 1}`
  const spread = `Standard deviation ${deviation(kernel)}${initial ? `, before training ${deviation(initial)}` : ""}.`
  const figure = make("figure", {}, make("figcaption", {
    textContent: `${name}: ${grouped(widths[index])} × ${grouped(widths[index + 1])} weights. ${spread}`,
  }))
  figure.insertAdjacentHTML("afterbegin", `<svg viewBox="0 0 ${WIDTH} ${HEIGHT + 16}" aria-hidden="true">
    <path class="inside-now" d="${outline(now, most)}Z"/>
    ${before ? `<path class="inside-before" d="${outline(before, most)}"/>` : ""}
    <line x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/>
    <text x="0" y="${HEIGHT + 13}">−${largest.toFixed(2)}</text>
    <text x="${WIDTH / 2}" y="${HEIGHT + 13}" text-anchor="middle">0</text>
    <text x="${WIDTH}" y="${HEIGHT + 13}" text-anchor="end">${largest.toFixed(2)}</text></svg>`)
  return figure
}

function counts(weights, largest) {
  const found = new Array(BINS).fill(0)
  for (const weight of weights) found[Math.min(BINS - 1, Math.floor(((weight / largest + 1) / 2) * BINS))]++
  return found
}

function outline(found, most) {
  const steps = found.map((count, bin) => {
    const y = (HEIGHT * (1 - count / most)).toFixed(1)
    return `V${y}H${((WIDTH * (bin + 1)) / BINS).toFixed(1)}`
  })
  return `M0 ${HEIGHT}${steps.join("")}V${HEIGHT}`
}

function deviation(weights) {
  let [sum, squares] = [0, 0]
  for (const weight of weights) {
    sum += weight
    squares += weight ** 2
  }
  return Math.sqrt(squares / weights.length - (sum / weights.length) ** 2).toFixed(3)
}
