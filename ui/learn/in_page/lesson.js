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
 * @property {number} temperature that the logits are divided by.
 * @property {string} image 784 bytes as Base64.
 * @property {number | null} label the digit that it is, where that is known.
 */

const PARTS = { network: NetworkPicture, unit: OneUnit, softmax: Softmax, step: AnswerStep }
const shown = new WeakMap()
let weights = { address: "", numbers: /** @type {Promise<Float32Array> | null} */ (null) }

/**
 * Show a part in an element of the page; again when it has changed.
 * @param {HTMLElement} place
 * @param {Lesson} lesson
 */
export async function showIn(place, lesson) {
  const { part, label, temperature, widths } = lesson
  if (weights.address !== lesson.weights) weights = { address: lesson.weights, numbers: loadWeights(lesson.weights, widths) }
  const numbers = await weights.numbers
  await itsTurn(place)
  const network = new Network(numbers, widths, lesson.activation)
  const image = Uint8Array.from(atob(lesson.image), sign => sign.charCodeAt(0))
  if (!shown.has(place)) shown.set(place, new PARTS[part](place))
  shown.get(place).show({ network, image, label, temperature })
}
