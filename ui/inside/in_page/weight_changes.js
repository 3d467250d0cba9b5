// Weights made noisy, coarse or few, to see what a network can do without.

import { randomNumbers } from "../../shared/in_page/random.js"

/**
 * @typedef {{ noise: number, bits: number, pruned: number }} WeightChanges
 *   `noise`: its standard deviation, as a share of that of the layer's weights.
 *   `bits`: that are left of each weight; 32 leaves it as it is.
 *   `pruned`: the share of each layer's weights, the smallest, that become 0.
 */
export const UNCHANGED = { noise: 0, bits: 32, pruned: 0 }

/**
 * @param {Float32Array} parameters kernel, bias, kernel, bias, ...
 * @param {number[]} widths of all layers.
 * @param {WeightChanges} changes of the kernels; biases stay.
 * @returns {Float32Array} the very same where nothing is to be changed.
 */
export function changedWeights(parameters, widths, { noise, bits, pruned }) {
  if (!noise && bits >= 32 && !pruned) return parameters
  const changed = parameters.slice()
  const random = gaussian(1)
  let start = 0
  for (let layer = 1; layer < widths.length; layer++) {
    const kernel = changed.subarray(start, start + widths[layer - 1] * widths[layer])
    prune(kernel, pruned)
    roundTo(kernel, bits)
    addNoise(kernel, noise, random)
    start += kernel.length + widths[layer]
  }
  return changed
}

// The smallest share of all; as many as are equal to the last of them go too.
function prune(kernel, share) {
  const sizes = kernel.map(Math.abs).sort()
  const count = Math.floor(share * kernel.length)
  if (!count) return
  const largest = sizes[count - 1]
  for (let index = 0; index < kernel.length; index++) if (Math.abs(kernel[index]) <= largest) kernel[index] = 0
}

// Evenly spaced steps on both sides of 0; with one bit there is only a sign, times the mean size.
function roundTo(kernel, bits) {
  if (bits >= 32) return
  if (bits === 1) {
    const mean = kernel.reduce((sum, weight) => sum + Math.abs(weight), 0) / kernel.length
    kernel.forEach((weight, index) => { kernel[index] = Math.sign(weight) * mean })
    return
  }
  const largest = kernel.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
  const step = largest / (2 ** (bits - 1) - 1)
  if (step) kernel.forEach((weight, index) => { kernel[index] = Math.round(weight / step) * step })
}

function addNoise(kernel, share, random) {
  if (!share) return
  const mean = kernel.reduce((sum, weight) => sum + weight, 0) / kernel.length
  const variance = kernel.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / kernel.length
  const size = share * Math.sqrt(variance)
  kernel.forEach((weight, index) => { kernel[index] = weight + size * random() })
}

// Box and Muller, 1958: the same numbers each time.
function gaussian(seed) {
  const uniform = randomNumbers(seed)
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}
