// Where test images lie so that those that a layer says the same of are neighbours, by UMAP.
// Source: L. McInnes, J. Healy and J. Melville, UMAP: Uniform Manifold Approximation and Projection, 2018.

import { inSlices } from "./slices.js"
import { randomNumbers } from "../../shared/in_page/random.js"
import { UMAP } from "../third_party/umap.js"

const NEIGHBOURS = 15
const EPOCHS_A_PART = 10

/**
 * @param {import("./worker.js").Laboratory} laboratory
 * @param {{ layer: number, count: number }} question as for `placeImages`.
 * @yields {{ places: Float32Array, share: number } | null} where each image lies by now, [count, 2], and how much of the
 *   work is done; null until there is something to see.
 */
export function* placeNeighbours({ images, network }, { layer, count }) {
  const rows = []
  const parts = inSlices(count, index => {
    network.read(images[index], 1)
    rows.push(network.layers[layer].slice())
  })
  for (const read of parts) if (read) yield null
  const umap = new UMAP({ nNeighbors: Math.min(NEIGHBOURS, count - 1), minDist: 0.5, random: randomNumbers(1) })
  const epochs = umap.initializeFit(rows)
  for (let epoch = 1; epoch <= epochs; epoch++) {
    umap.step()
    if (epoch % EPOCHS_A_PART && epoch < epochs) continue
    yield { places: Float32Array.from(umap.getEmbedding().flat()), share: epoch / epochs }
  }
}
