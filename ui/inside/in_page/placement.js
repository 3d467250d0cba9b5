// Where test images lie by what a layer says of them.

import { principalComponents } from "./principal_components.js"
import { inSlices } from "./slices.js"

/**
 * @param {import("./worker.js").Laboratory} laboratory
 * @param {{ layer: number, count: number }} question which layer, 0 for the pixels, and of how many images.
 * @yields {ReturnType<typeof principalComponents> | null} where each image lies, [count, 2]; null until all are read.
 */
export function* placeImages({ images, network }, { layer, count }) {
  const width = network.layers[layer].length
  const rows = new Float32Array(count * width)
  const parts = inSlices(count, index => {
    network.read(images[index], 1)
    rows.set(network.layers[layer], index * width)
  })
  for (const read of parts) if (read < count) yield null
  yield principalComponents(rows, width, 2)
}
