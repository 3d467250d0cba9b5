// The parts of Learn that take a real network apart. All of them read the same image with the same weights.

import "./contents.js"
import { Network } from "../../shared/in_page/forward.js"
import { itsTurn } from "../../shared/in_page/in_turn.js"
import { loadWeights } from "../../shared/in_page/weights.js"
import { NetworkPicture } from "../../shared/network_picture/network_picture.js"
import { AnswerStep } from "./answer_step.js"
import { OneUnit } from "./one_unit.js"
import { Softmax } from "./softmax.js"

/**
 * What a part is told.
 * @typedef {object} Lesson
 * @property {"network" | "unit" | "softmax" | "step"} part
 * @property {string} weights their address.
 * @property {number[]} widths of all layers.
 * @property {string} activation
 * @property {string} image 784 bytes as Base64.
 * @property {number | null} label the digit that it is, where that is known.
 */

const PARTS = { network: NetworkPicture, unit: OneUnit, softmax: Softmax, step: AnswerStep }
const MILLISECONDS_BEFORE_A_RETRY = 2000
const shown = new WeakMap()
const wanted = new WeakMap() // what each place is to show
const refused = new Set() // addresses of weights that could not be had
let weights = { address: "", numbers: /** @type {Promise<Float32Array> | null} */ (null) }

/**
 * Show a part in an element of the page; again when it has changed.
 * @param {HTMLElement} place
 * @param {Lesson} lesson
 * @param {() => void} askForOthers has the server name the weights anew.
 */
export async function showIn(place, lesson, askForOthers) {
  wanted.set(place, lesson)
  const { part, label, widths } = lesson
  const numbers = await numbersOf(lesson, askForOthers)
  await itsTurn(place)
  if (wanted.get(place) !== lesson) return
  place.classList.toggle("module-missing", !numbers)
  if (!numbers) {
    shown.delete(place)
    place.textContent = "The weights of this network could not be loaded."
    return
  }
  const network = new Network(numbers, widths, lesson.activation)
  const image = Uint8Array.from(atob(lesson.image), sign => sign.charCodeAt(0))
  if (!shown.has(place)) {
    place.replaceChildren()
    shown.set(place, new PARTS[part](place))
  }
  shown.get(place).show({ network, image, label, temperature: 1 }) // the formulas have none, nor has GradientTape
}

// Null where they cannot be had. They may have been replaced since the page was made: a run is trained on.
async function numbersOf(lesson, askForOthers) {
  try {
    return await fetched(lesson)
  } catch {
    if (!refused.has(lesson.weights)) askForOthers()
    refused.add(lesson.weights)
  }
  await new Promise(resolve => setTimeout(resolve, MILLISECONDS_BEFORE_A_RETRY))
  return fetched(lesson).catch(() => null)
}

// One request for all parts; what failed is asked for again.
function fetched({ weights: address, widths }) {
  if (weights.address !== address) {
    const numbers = loadWeights(address, widths)
    weights = { address, numbers }
    numbers.catch(() => { if (weights.numbers === numbers) weights = { address: "", numbers: null } })
  }
  return weights.numbers
}
