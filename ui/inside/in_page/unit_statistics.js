// How much each hidden unit matters on the test images, and which never say anything.

import { inSlices } from "./slices.js"

/**
 * A unit matters as much as its activation, without its sign, times its outgoing weights: how far it moves the sums
 * of the next layer, on average.
 * @param {import("./worker.js").Laboratory} laboratory
 * @param {{ most: number }} question how many images are enough.
 * @yields {{ count: number, layers: { importance: Float32Array, isDead: Uint8Array }[] }} of the hidden layers; dead is
 *   what has said the same for every image so far.
 */
export function* measureUnits({ images, network }, { most }) {
  const hidden = network.layers.slice(1, -1)
  const layers = hidden.map(units => ({
    total: new Float64Array(units.length),
    least: new Float32Array(units.length).fill(Infinity),
    most: new Float32Array(units.length).fill(-Infinity),
  }))
  const outgoing = hidden.map((units, index) => outgoingWeights(network.dense[index + 1].kernel, units.length))
  const parts = inSlices(Math.min(most, images.length), index => {
    network.read(images[index], 1)
    hidden.forEach((units, layer) => {
      const { total, least, most } = layers[layer]
      for (let unit = 0; unit < units.length; unit++) {
        const value = units[unit]
        total[unit] += Math.abs(value)
        if (value < least[unit]) least[unit] = value
        if (value > most[unit]) most[unit] = value
      }
    })
  })
  for (const count of parts) {
    yield {
      count,
      layers: layers.map(({ total, least, most }, layer) => ({
        importance: Float32Array.from(total, (sum, unit) => (sum / count) * outgoing[layer][unit]),
        isDead: Uint8Array.from(least, (value, unit) => (value === most[unit] ? 1 : 0)),
      })),
    }
  }
}

// The sum of the sizes of what leaves each unit.
function outgoingWeights(kernel, units) {
  const nextUnits = kernel.length / units
  return Float32Array.from({ length: units }, (_, unit) => {
    let sum = 0
    for (let next = 0; next < nextUnits; next++) sum += Math.abs(kernel[unit * nextUnits + next])
    return sum
  })
}
