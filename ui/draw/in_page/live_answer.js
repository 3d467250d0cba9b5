// Digit, words and bars of the answer while the pen moves, in the place of those that the server sends.

import { write } from "../../shared/in_page/dom.js"
import { aDigit, counted, probability } from "../../shared/in_page/words.js"

// Nobody reads faster, and a text that changes has the page laid out anew.
const MILLISECONDS_BETWEEN_WORDS = 100
const LEAST_SHARE_WITH_A_NUMBER = 0.001

let parts = /** @type {Record<string, HTMLElement> | null} */ (null) // of the answer on the page
let shown = /** @type {Float32Array | null} */ (null)
let digit = -1 // that is shown, with words about it
let unsaid = /** @type {{ probabilities: Float32Array, countOff: number } | null} */ (null) // words to come
let pause = 0 // the timer until there may be others

/**
 * Show what the network reads now, until the server's own answer comes.
 * @param {Float32Array} probabilities of the ten digits.
 * @param {number} countOff how many of its units are switched off.
 */
export function show(probabilities, countOff) {
  shown = probabilities
  showWithout(probabilities, countOff)
  if (!parts) return
  parts.answer.classList.add("answer-live")
  parts.reading.ariaBusy = "true" // or a screen reader would speak without end
}

/**
 * Show what the network reads without some of its units, of the drawing that the server has answered to.
 * @param {Float32Array} probabilities of the ten digits.
 * @param {number} countOff how many units are switched off; 0 once all are on again.
 */
export function showWithout(probabilities, countOff) {
  if (!parts?.answer.isConnected) parts = partsOnPage()
  if (!parts) return
  const best = probabilities.indexOf(Math.max(...probabilities))
  window.digitPlayground.showBars(parts.bars, probabilities, best)
  unsaid = { probabilities: probabilities.slice(), countOff }
  if (best !== digit || !pause) say(best)
}

/** Leave the place to the server's answer. */
export function end() {
  shown = null
  unsaid = null
  digit = -1
  if (!parts) return
  parts.answer.classList.remove("answer-live")
  parts.reading.ariaBusy = "false"
}

/** Whether what is shown was read in the page. */
export function isShown() {
  return shown !== null
}

function partsOnPage() {
  const answer = document.querySelector(".answer")
  return answer && {
    answer,
    reading: answer.querySelector(".answer-reading"),
    digit: answer.querySelector(".st-key-predicted_digit"),
    words: answer.querySelector(".answer-words"),
    bars: answer.querySelector(".digit-bars"),
  }
}

function numberOf(share, isBest) {
  return share >= LEAST_SHARE_WITH_A_NUMBER || isBest ? probability(share, "< ", "> ") : ""
}

// Digit, words and numbers in one go: none of them speaks of another drawing than the others.
function say(best) {
  const { probabilities, countOff } = unsaid
  const who = countOff ? `With ${counted(countOff, "unit")} off it` : "It"
  write(parts.digit, String(best))
  write(parts.words, `${who} reads ${aDigit(best)} and is ${probability(probabilities[best])} sure`)
  const numbers = Array.from(probabilities, (share, index) => numberOf(share, index === best))
  window.digitPlayground.showNumbers(parts.bars, numbers)
  const all = Array.from(probabilities, (share, index) => `${index}: ${probability(share)}`)
  parts.bars.ariaLabel = `Probability of each digit. ${all.join(", ")}.`
  unsaid = null
  digit = best
  clearTimeout(pause)
  pause = setTimeout(() => {
    pause = 0
    if (unsaid) say(digit)
  }, MILLISECONDS_BETWEEN_WORDS)
}
