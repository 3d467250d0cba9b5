// The fewest pixels to add or erase that turn an answer, found greedily by the gradient.
// Source: after N. Papernot et al., The Limitations of Deep Learning in Adversarial Settings, 2016.

import { passBack } from "../../shared/in_page/backward.js"

const MOST_PIXELS = 60
const RIVALS = 3 // answers that are tried instead

/**
 * How fast the lead of one digit's logit over another's changes with each pixel of the image that was read last.
 * @param {import("../../shared/in_page/forward.js").Network} network
 * @param {number} digit
 * @param {number} other
 * @returns {Float32Array} [784], for pixels from 0 to 1.
 */
export function leadGradient(network, digit, other) {
  const gradients = network.widths.map(units => new Float32Array(units))
  gradients.at(-1)[digit] += 1
  gradients.at(-1)[other] -= 1
  for (let layer = gradients.length - 1; layer > 0; layer--) passBack(network, layer, gradients[layer], gradients[layer - 1])
  return gradients[0]
}

/**
 * Turn the answer to an image with few pixels.
 * @param {import("../../shared/in_page/forward.js").Network} network
 * @param {Uint8Array} image
 * @returns {{ before: number, after: number, added: number[], erased: number[] } | null} pixels by their index; null
 *   where 60 are not enough.
 */
export function fool(network, image) {
  const shares = [...network.read(image, 1)]
  const ranked = [...shares.keys()].sort((one, other) => shares[other] - shares[one])
  const before = ranked[0]
  const tried = ranked.slice(1, 1 + RIVALS).map(rival => turn(network, image, before, rival)).filter(Boolean)
  tried.sort((one, other) => one.pixels.length - other.pixels.length)
  if (!tried.length) return null
  const { after, pixels } = tried[0]
  return {
    before, after,
    added: pixels.filter(pixel => image[pixel] < 128), erased: pixels.filter(pixel => image[pixel] >= 128),
  }
}

// One pixel after the other, each the one that helps the rival most when it becomes ink, or paper.
function turn(network, image, before, rival) {
  const changed = image.slice()
  const pixels = []
  while (pixels.length < MOST_PIXELS) {
    const shares = network.read(changed, 1)
    const after = shares.indexOf(Math.max(...shares))
    if (after !== before) return { after, pixels }
    const gradient = leadGradient(network, rival, before)
    let [best, most] = [-1, 0]
    for (let pixel = 0; pixel < changed.length; pixel++) {
      if (pixels.includes(pixel)) continue
      const gain = gradient[pixel] * ((image[pixel] < 128 ? 255 : 0) - changed[pixel])
      if (gain > most) [best, most] = [pixel, gain]
    }
    if (best < 0) return null
    changed[best] = image[best] < 128 ? 255 : 0
    pixels.push(best)
  }
  return null
}

/**
 * Turn the answer to a drawing.
 * @param {import("./worker.js").Laboratory} laboratory
 * @param {{ image: Uint8Array }} question
 * @yields {{ found: ReturnType<typeof fool> }}
 */
export function* foolWithDrawing({ network }, { image }) {
  yield { found: fool(network, image) }
}

/**
 * Turn the answers to some images that are read right.
 * @param {import("./worker.js").Laboratory} laboratory
 * @param {{ indices: number[] }} question
 * @yields {{ index: number, found: ReturnType<typeof fool> }}
 */
export function* foolWithSome({ images, network }, { indices }) {
  for (const index of indices) yield { index, found: fool(network, images[index]) }
}
