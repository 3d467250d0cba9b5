// Which units matter for what a network reads, and which of them are shown.

import { passBack } from "../in_page/backward.js"

const IS_CLEARLY_MORE = 1.5 // a unit takes another's place only then, or they would change with every frame

/** How much each unit speaks for an output: its activation times the slope of that output with it. */
export class Importance {
  /** @param {import("../in_page/forward.js").Network} network that has read an image. */
  constructor(network) {
    this.network = network
    this.gradients = network.widths.map(units => new Float32Array(units))
    /** For each layer, the inputs left out: positive speaks for the output, negative against it. */
    this.scores = network.widths.map((units, index) => new Float32Array(index && units))
  }

  /**
   * Measure for the image that was read last: gradient times input (Shrikumar et al., 2016).
   * @param {number} output whose logit, beside the mean of all logits, is explained.
   * @returns {Float32Array[]} the scores.
   */
  measure(output) {
    const { network, gradients, scores } = this
    const last = network.widths.length - 1
    const outputs = network.widths[last]
    gradients[last].fill(-1 / outputs)
    gradients[last][output] += 1
    for (let layer = last; layer > 0; layer--) {
      const activations = network.layers[layer]
      for (let unit = 0; unit < activations.length; unit++) scores[layer][unit] = activations[unit] * gradients[layer][unit]
      if (layer > 1) passBack(network, layer, gradients[layer], gradients[layer - 1])
    }
    return scores
  }
}

/** Which units of a layer are shown, each in a place that it keeps as long as it matters. */
export class ShownUnits {
  /**
   * @param {number} units of the layer.
   * @param {number} most of them that are shown.
   */
  constructor(units, most) {
    this.units = units
    /** The unit in each place. */
    this.places = Array.from({ length: Math.min(units, most) }, (_, place) => place)
  }

  /**
   * Let units that matter clearly more take the places of those that matter least.
   * @param {Float32Array} scores of all units of the layer.
   * @param {Set<number>} kept units that are shown whatever they score.
   */
  update(scores, kept) {
    const { places } = this
    if (places.length === this.units) return
    const worth = unit => (kept.has(unit) ? Infinity : Math.abs(scores[unit]))
    const shown = new Set(places)
    const better = largest(scores, places.length, kept).filter(unit => !shown.has(unit))
    const weakest = places.map((_, place) => place).sort((one, other) => worth(places[one]) - worth(places[other]))
    better.forEach((unit, index) => {
      const place = weakest[index]
      if (worth(unit) > IS_CLEARLY_MORE * worth(places[place])) places[place] = unit
    })
  }
}

/**
 * The indices of the numbers that are largest without their sign, those to be kept first.
 * @param {Float32Array} numbers
 * @param {number} count how many.
 * @param {Set<number>} kept
 */
export function largest(numbers, count, kept = new Set()) {
  const found = [...kept].slice(0, count)
  const ranked = []
  for (let index = 0; index < numbers.length; index++) {
    const size = Math.abs(numbers[index])
    if (kept.has(index) || !(size > 0)) continue
    if (ranked.length === count && size <= Math.abs(numbers[ranked.at(-1)])) continue
    let at = ranked.length
    while (at > 0 && Math.abs(numbers[ranked[at - 1]]) < size) at--
    ranked.splice(at, 0, index)
    if (ranked.length > count) ranked.pop()
  }
  return [...found, ...ranked].slice(0, count)
}
