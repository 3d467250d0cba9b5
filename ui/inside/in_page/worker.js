// Computes beside the page, in slices, so that a newer question ends an older one of its kind.

import { Network } from "../../shared/in_page/forward.js"
import { measureAccuracy } from "./accuracy.js"
import { foolWithDrawing, foolWithSome } from "./fooling.js"
import { placeImages } from "./placement.js"
import { measureUnits } from "./unit_statistics.js"

/** Of each kind of question: a generator of parts of its answer, one at the end of each slice; or a promise of it. */
const TASKS = {
  accuracy: measureAccuracy, units: measureUnits, importance: measureUnits, map: placed,
  fool: foolWithSome, drawing: foolWithDrawing,
}
const PIXELS = 28 * 28

// A library is fetched only by those who ask for what it does.
async function placed(given, question) {
  if (question.method !== "umap") return placeImages(given, question)
  return (await import("./neighbour_map.js")).placeNeighbours(given, question)
}

/**
 * What questions are about.
 * @typedef {{ images: Uint8Array[], labels: Uint8Array, parameters: Float32Array, widths: number[],
 *   activation: string, network: Network }} Laboratory
 */
let laboratory = /** @type {Laboratory | null} */ (null)
const newest = {}

function take({ pixels, labels, parameters, widths, activation }) {
  const images = Array.from(labels, (_, index) => pixels.subarray(index * PIXELS, (index + 1) * PIXELS))
  laboratory = { images, labels, parameters, widths, activation, network: new Network(parameters, widths, activation) }
}

onmessage = async ({ data: { id, kind, question } }) => {
  if (kind === "take") return take(question)
  newest[kind] = id
  try {
    for (const part of await TASKS[kind](laboratory, question)) {
      postMessage({ id, part })
      await new Promise(resolve => setTimeout(resolve)) // messages that have come meanwhile are heard
      if (newest[kind] !== id) break
    }
    postMessage({ id, isDone: true })
  } catch (error) {
    postMessage({ id, trouble: error.message })
  }
}
