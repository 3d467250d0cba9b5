// How many test images a network reads right after something in it, or in them, was changed.

import { Network } from "../../shared/in_page/forward.js"
import { imageChanger } from "./image_changes.js"
import { inSlices } from "./slices.js"
import { changedWeights } from "./weight_changes.js"

const EXAMPLES = 12

/**
 * @param {import("./worker.js").Laboratory} laboratory
 * @param {{ weights: import("./weight_changes.js").WeightChanges, images: import("./image_changes.js").ImageChanges,
 *   off: number[][] }} changes `off` has the units of each layer that say 0, the inputs' list first.
 * @yields {{ right: number, count: number, examples?: { image: Uint8Array, answer: number }[] }}
 */
export function* measureAccuracy(laboratory, { weights, images: imageChanges, off }) {
  const { images, labels, parameters, widths, activation } = laboratory
  const network = new Network(changedWeights(parameters, widths, weights), widths, activation)
  const change = imageChanger(imageChanges)
  const switched = off.map(units => new Set(units))
  const examples = []
  let right = 0
  const parts = inSlices(images.length, index => {
    const image = change(images[index])
    const shares = network.read(image, 1, switched)
    const answer = shares.indexOf(Math.max(...shares))
    right += answer === labels[index]
    if (index < EXAMPLES) examples.push({ image: image.slice(), answer, label: labels[index] })
  })
  for (const count of parts) yield { right, count, examples }
}
