// Whether a drawing looks like no digit: the small network of digits/outlier_detection.py, without the rules about shapes.

import { Network } from "./forward.js"
import { loadWeights } from "./weights.js"

/**
 * The small network, as the server offers it.
 * @typedef {{ address: string, widths: number[], believed: number, sentence: string }} Detector
 */

/**
 * Fetch the small network.
 * @param {Detector} detector
 * @returns {Promise<(image: Uint8Array) => boolean>} what tells of a prepared image, [784], whether it is unlike a digit.
 * @throws {Error} it cannot be had.
 */
export async function loadDetector({ address, widths, believed }) {
  const network = new Network(await loadWeights(address, widths), widths, "relu")
  return image => {
    network.read(image, 1)
    return network.layers.at(-1)[0] > believed
  }
}
