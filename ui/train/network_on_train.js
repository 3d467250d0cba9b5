// The picture of the network on Train: as it would begin, and with the newest weights while it learns.

import { ACTIVATIONS, Network, parameterCount } from "../shared/in_page/forward.js"
import { randomNumbers } from "../shared/in_page/random.js"
import { loadWeights } from "../shared/in_page/weights.js"
import { NetworkPicture } from "../shared/network_picture/network_picture.js"

const BYTES_A_SECOND = 1_000_000 // that are fetched of newer and newer weights, at most
const MILLISECONDS_AN_IMAGE = 1800
const SEED = 1 // the same picture for the same settings

/**
 * What is to be shown.
 * @typedef {object} Wanted
 * @property {string | null} run of which newer weights may come.
 * @property {string | null} weights their address; null for a network that is not trained yet.
 * @property {boolean} isShapeOnly whether it is too large for its weights to be here.
 * @property {boolean} isBegun whether it is a run, which has weights of its own or will have.
 * @property {number[]} widths of all layers.
 * @property {string} activation
 * @property {string} images that it reads, one after the other, [10, 784] bytes as Base64; empty where there are none.
 */

const PIXELS = 784
const STILL = matchMedia("(prefers-reduced-motion: reduce)")
const pictures = new WeakMap()

/**
 * Show a network in an element of the page; again when it has changed.
 * @param {HTMLElement} place
 * @param {Wanted} wanted
 */
export function showIn(place, wanted) {
  const shown = pictures.get(place) ?? new LivePicture(place)
  pictures.set(place, shown)
  shown.take(wanted)
}

class LivePicture {
  constructor(place) {
    this.picture = new NetworkPicture(place)
    this.place = place
    this.shown = "" // the address of the weights that are shown
    this.isFetching = false
    this.number = 3 // of the image
    this.timer = setInterval(() => this.next(), MILLISECONDS_AN_IMAGE)
    const hear = ({ detail }) => {
      if (!place.isConnected) removeEventListener("digit-playground-weights", hear)
      else if (detail.run === this.wanted.run && detail.weights) this.fetch({ ...this.wanted, weights: detail.weights, activation: detail.activation })
    }
    addEventListener("digit-playground-weights", hear)
  }

  take(wanted) {
    if (wanted.run !== this.wanted?.run) {
      this.shown = ""
      this.network = null
    }
    this.images = wanted.images ? Uint8Array.from(atob(wanted.images), sign => sign.charCodeAt(0)) : null
    if (this.images) this.number %= this.images.length / PIXELS
    this.wanted = wanted
    if (wanted.weights) this.fetch(wanted)
    else if (!wanted.isBegun) this.show(untrained(wanted))
    else if (!this.shown) this.picture.showShape(wanted.widths)
  }

  show(network) {
    this.network = network
    if (network) this.picture.show({ network, image: this.image, temperature: 1 })
    else this.picture.showShape(this.wanted.widths)
  }

  get image() {
    return this.images && this.images.subarray(PIXELS * this.number, PIXELS * (this.number + 1))
  }

  // Whoever looks at a unit, or wants nothing to move, keeps the image that is there.
  next() {
    if (!this.place.isConnected) return clearInterval(this.timer)
    if (!this.network || !this.images || this.picture.selected || document.hidden || STILL.matches) return
    this.number = (this.number + 1) % (this.images.length / PIXELS)
    this.show(this.network)
  }

  // One after the other; of what comes meanwhile the newest.
  async fetch(wanted) {
    this.wanted = wanted
    if (this.isFetching || wanted.weights === this.shown) return
    this.isFetching = true
    try {
      const network = new Network(await loadWeights(wanted.weights, wanted.widths), wanted.widths, wanted.activation)
      if (this.wanted.run === wanted.run) {
        this.shown = wanted.weights
        this.show(network)
      }
    } catch {
      // Newer ones have come, or they are no numbers any more: what was shown stays.
      if (!this.shown && this.wanted.run === wanted.run) this.picture.showShape(wanted.widths)
    }
    await new Promise(resolve => setTimeout(resolve, (4000 * parameterCount(wanted.widths)) / BYTES_A_SECOND))
    this.isFetching = false
    if (this.wanted.weights !== wanted.weights && this.place.isConnected) this.fetch(this.wanted)
  }
}

// A network as it begins: weights at random, as wide as Glorot and Bengio (2010) would have them.
function untrained({ widths, activation, isShapeOnly }) {
  if (isShapeOnly || !ACTIVATIONS[activation]) return null
  const random = randomNumbers(SEED)
  const parameters = new Float32Array(parameterCount(widths))
  let at = 0
  for (let layer = 1; layer < widths.length; layer++) {
    const limit = Math.sqrt(6 / (widths[layer - 1] + widths[layer]))
    for (let count = widths[layer - 1] * widths[layer]; count > 0; count--) parameters[at++] = limit * (2 * random() - 1)
    at += widths[layer] // biases begin with 0
  }
  return new Network(parameters, widths, activation)
}
