// Digit, words and bars of the answer while the pen moves, in the place of those that the server sends.

import { aDigit, probability } from "../../shared/in_page/words.js"

const MILLISECONDS_BETWEEN_DESCRIPTIONS = 250
const LEAST_SHARE_WITH_A_NUMBER = 0.001

let parts = /** @type {Record<string, HTMLElement> | null} */ (null) // of the answer on the page
let bars = []
let shown = /** @type {Float32Array | null} */ (null)
let description = 0 // the timer of the next one

/**
 * Show what the network reads now, until the server's own answer comes.
 * @param {Float32Array} probabilities of the ten digits.
 */
export function show(probabilities) {
  shown = probabilities
  if (!parts?.answer.isConnected) begin()
  if (!parts) return
  const best = probabilities.indexOf(Math.max(...probabilities))
  parts.answer.classList.add("answer-live")
  parts.reading.ariaBusy = "true" // or a screen reader would speak without end
  const read = String(best)
  if (parts.digit.textContent !== read) parts.digit.textContent = read
  parts.words.textContent = `It reads ${aDigit(best)} and is ${probability(probabilities[best])} sure`
  bars.forEach((bar, index) => move(bar, probabilities[index], index === best))
  description ||= setTimeout(describe, MILLISECONDS_BETWEEN_DESCRIPTIONS)
}

/** Leave the place to the server's answer. */
export function end() {
  shown = null
  clearTimeout(description)
  description = 0
  if (!parts) return
  parts.answer.classList.remove("answer-live")
  parts.reading.ariaBusy = "false"
}

/** Whether what is shown was read in the page. */
export function isShown() {
  return shown !== null
}

function begin() {
  const found = document.querySelector(".answer")
  parts = found && {
    answer: found,
    reading: found.querySelector(".answer-reading"),
    digit: found.querySelector(".st-key-predicted_digit"),
    words: found.querySelector(".answer-words"),
    figure: found.querySelector(".digit-plot"),
  }
  if (!found) return
  const place = found.querySelector(".st-key-probability_figure")
  place.querySelector(".live-bars")?.remove()
  const chart = place.appendChild(document.createElement("div"))
  chart.className = "live-bars"
  chart.ariaHidden = "true" // what it shows is said by the figure's own description
  bars = Array.from({ length: 10 }, (_, index) => addBar(chart, index))
}

function addBar(chart, index) {
  const row = chart.appendChild(document.createElement("div"))
  added(row, "live-bar-digit").textContent = index
  const track = added(row, "live-bar-track")
  return { row, share: added(track, "live-bar-share"), number: added(track, "live-bar-number"), value: -1, isBest: null }
}

function added(parent, className) {
  const element = parent.appendChild(document.createElement("span"))
  element.className = className
  return element
}

function move(bar, value, isBest) {
  if (bar.value !== value) {
    bar.value = value
    bar.share.style.transform = `scaleX(${value.toFixed(6)})`
    bar.number.style.transform = `translateX(${(100 * value).toFixed(2)}%)`
    const words = value >= LEAST_SHARE_WITH_A_NUMBER || isBest ? probability(value, "< ", "> ") : ""
    if (bar.number.textContent !== words) bar.number.textContent = words
  }
  if (bar.isBest !== isBest) {
    bar.isBest = isBest
    bar.row.className = isBest ? "live-bar-best" : ""
  }
}

function describe() {
  description = 0
  if (!shown || !parts) return
  const said = [...shown].map((share, index) => `${index}: ${probability(share)}`).join(", ")
  parts.figure.ariaLabel = `Probability of each digit. ${said}.`
}
