// What the views are made of: the test images, what the network answers to them, its weights.

import { Computer } from "./computer.js"
import { loadWeights } from "../../shared/in_page/weights.js"

const PIXELS = 28 * 28
const CLASSES = 10
const WHOLE = 2 ** 16 - 1

/**
 * @typedef {{ answers: string, weights: string | null, initial: string | null, widths: number[], activation: string, temperature: number,
 *   parameters: number, mostParameters: number }} Offer
 * @typedef {{ count: number, labels: Uint8Array, image: (index: number) => Uint8Array, pixels: Uint8Array }} Images
 * @typedef {{ answers: Uint8Array, share: (index: number, digit: number) => number, matrix: number[][],
 *   precision: (number | null)[], recall: (number | null)[], f1: (number | null)[] }} Answers
 */

/** Fetches each part once, when it is asked for; what failed is asked for again. */
export class Source {
  /**
   * @param {string} images where the test images are to be had.
   * @param {Offer} offer of the network.
   * @param {Uint8Array | null} drawing of the visitor, [784].
   */
  constructor(images, offer, drawing) {
    this.offer = offer
    this.drawing = drawing
    /** @type {Set<import("./pad.js").Pad>} */
    this.pads = new Set()
    this.address = images
    this.parts = new Map()
  }

  /**
   * Have another drawing, in all views.
   * @param {Uint8Array | null} image
   * @param {import("./pad.js").Pad} [by] which shows it already.
   */
  draw(image, by) {
    this.drawing = image
    for (const pad of this.pads) if (pad !== by) pad.show()
  }

  /** @returns {Promise<Images>} */
  images() {
    return this.once("images", async () => asImages(new Uint8Array(await (await asked(this.address)).arrayBuffer())))
  }

  /** @returns {Promise<Answers>} */
  answers() {
    return this.once("answers", async () => asAnswers(await (await asked(this.offer.answers)).json()))
  }

  /**
   * @returns {Promise<Float32Array>}
   * @throws {Error} with a sentence for the visitor.
   */
  weights() {
    const { weights, widths, parameters, mostParameters } = this.offer
    return this.once("weights", async () => {
      if (!weights) {
        throw new Error(
          `This network has ${parameters.toLocaleString("en")} weights. Your browser takes apart networks of up to ` +
          `${mostParameters.toLocaleString("en")}; for this one there is only the view Mistakes.`,
        )
      }
      return loadWeights(weights, widths).catch(error => {
        throw new Error(`This network cannot be taken apart: ${error.message}. Reload the page, or open another network.`)
      })
    })
  }

  /** The weights of each layer without biases: [inputs * units], those of an input side by side. */
  async kernels() {
    return asKernels(await this.weights(), this.offer.widths)
  }

  /** The same before training; null where they were not kept. */
  async initialKernels() {
    const { initial, widths } = this.offer
    if (!initial) return null
    return this.once("initial", () => loadWeights(initial, widths).then(weights => asKernels(weights, widths), () => null))
  }

  /** @returns {Promise<Computer>} */
  computer() {
    return this.once("computer", async () => new Computer(await this.images(), await this.weights(), this.offer))
  }

  /** Have what computes stop. */
  end() {
    this.parts.get("computer")?.then(computer => computer.end(), () => {})
  }

  once(name, load) {
    if (!this.parts.has(name)) {
      this.parts.set(name, load())
      this.parts.get(name).catch(() => this.parts.delete(name))
    }
    return this.parts.get(name)
  }
}

function asKernels(parameters, widths) {
  let start = 0
  return widths.slice(1).map((units, index) => {
    const kernel = parameters.subarray(start, start + widths[index] * units)
    start += kernel.length + units
    return kernel
  })
}

async function asked(address) {
  const answer = await fetch(address).catch(() => {
    throw new Error("The server does not answer. Please reload the page in a while.")
  })
  if (!answer.ok) throw new Error(await answer.text())
  return answer
}

function asImages(content) {
  const count = content.length / (PIXELS + 1)
  const pixels = content.subarray(0, count * PIXELS)
  const labels = content.subarray(count * PIXELS)
  return { count, pixels, labels, image: index => pixels.subarray(index * PIXELS, (index + 1) * PIXELS) }
}

function asAnswers({ answers, shares, ...rest }) {
  const ofDigits = new Uint16Array(bytes(shares).buffer)
  return { ...rest, answers: bytes(answers), share: (index, digit) => ofDigits[index * CLASSES + digit] / WHOLE }
}

function bytes(packed) {
  return Uint8Array.from(atob(packed), character => character.charCodeAt(0))
}
