// Fetches the weights of a network: raw numbers of 32 bits, little-endian, and whether they came whole.

import { parameterCount } from "./forward.js"

const LARGEST_PRIME = 65521 // below 2 ** 16
const BYTES_A_BLOCK = 5552 // that a sum in 32 bits can take before its rest is needed

/**
 * Fetch the weights of a network; once more, past all caches, if they came damaged.
 * @param {string} address that names them by their checksum, so that they never change.
 * @param {number[]} widths of all layers.
 * @returns {Promise<Float32Array>}
 * @throws {Error} they cannot be had, are damaged, or are no numbers to reckon with.
 */
export async function loadWeights(address, widths) {
  const weights = (await fetched(address, "default", widths)) ?? (await fetched(address, "reload", widths))
  if (!weights) throw new Error("the weights came damaged")
  if (!areFinite(weights)) throw new Error("some weights are no numbers")
  return weights
}

function areFinite(numbers) {
  let total = 0
  for (let index = 0; index < numbers.length; index++) total += 0 * numbers[index] // NaN stays
  return total === 0
}

async function fetched(address, cache, widths) {
  const answer = await fetch(address, { cache })
  if (!answer.ok) throw new Error(`the weights cannot be had: ${answer.status}`)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  const isWhole = bytes.length === 4 * parameterCount(widths)
  if (!isWhole || adler32(bytes) !== answer.headers.get("X-Adler32")) return null
  return new Float32Array(bytes.buffer)
}

/**
 * Adler-32 as zlib computes it; pages on plain HTTP have no `crypto.subtle`.
 * @param {Uint8Array} bytes
 * @returns {string} eight hexadecimal digits.
 */
export function adler32(bytes) {
  let sum = 1
  let sumOfSums = 0
  for (let start = 0; start < bytes.length; start += BYTES_A_BLOCK) {
    const end = Math.min(start + BYTES_A_BLOCK, bytes.length)
    for (let index = start; index < end; index++) {
      sum += bytes[index]
      sumOfSums += sum
    }
    sum %= LARGEST_PRIME
    sumOfSums %= LARGEST_PRIME
  }
  return (sumOfSums * 2 ** 16 + sum).toString(16).padStart(8, "0")
}
