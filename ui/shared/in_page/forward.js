// The forward pass: digits/inference.py and digits/calibration.py, for one image at a time.

const SMALLEST = 2 ** -126 // of a number in 32 bits; what was rounded to 0 was no larger

const LEAK = Math.fround(0.2)

const sigmoid = sum => 0.5 * (1 + Math.tanh(0.5 * sum))

const normalDensity = sum => Math.exp(-(sum ** 2) / 2) / Math.sqrt(2 * Math.PI)

// The share of a normal distribution below `sum`, by the formula that digits/choices.py names.
function normalShare(sum) {
  const t = 1 / (1 + 0.2316419 * Math.abs(sum))
  const factors = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153, 0]
  const beyond = normalDensity(sum) * factors.reduce((total, factor) => total * t + factor)
  return sum > 0 ? 1 - beyond : beyond
}

/**
 * What follows each hidden layer: the activation of a unit from its sum, and how fast it changes with it.
 * @type {Record<string, { value: (sum: number) => number, slope: (sum: number) => number }>}
 */
export const ACTIVATIONS = {
  relu: { value: sum => (sum > 0 ? sum : 0), slope: sum => (sum > 0 ? 1 : 0) },
  leaky_relu: { value: sum => (sum > 0 ? sum : LEAK * sum), slope: sum => (sum > 0 ? 1 : LEAK) },
  elu: { value: sum => (sum > 0 ? sum : Math.expm1(sum)), slope: sum => (sum > 0 ? 1 : Math.exp(sum)) },
  gelu: { value: sum => sum * normalShare(sum), slope: sum => normalShare(sum) + sum * normalDensity(sum) },
  tanh: { value: Math.tanh, slope: sum => 1 - Math.tanh(sum) ** 2 },
  sigmoid: { value: sigmoid, slope: sum => sigmoid(sum) * (1 - sigmoid(sum)) },
  linear: { value: sum => sum, slope: () => 1 },
}

/**
 * How many weights and biases a network of these widths has.
 * @param {number[]} widths of all layers, from the pixels to the classes.
 */
export function parameterCount(widths) {
  return widths.slice(1).reduce((count, units, index) => count + (widths[index] + 1) * units, 0)
}

/** A network of dense layers that reads one image after another in the same buffers. */
export class Network {
  /**
   * @param {Float32Array} parameters kernel [inputs, units], bias [units], kernel, bias, ...
   * @param {number[]} widths of all layers, from the pixels to the classes.
   * @param {string} activation what follows each hidden layer.
   * @throws {RangeError} there are more or fewer parameters than such a network has.
   */
  constructor(parameters, widths, activation) {
    const expected = parameterCount(widths)
    if (parameters.length !== expected) throw new RangeError(`expected ${expected} weights, not ${parameters.length}`)
    if (!ACTIVATIONS[activation]) throw new RangeError(`expected an activation, not ${activation}`)
    this.widths = widths
    this.activation = ACTIVATIONS[activation]
    this.activationName = activation
    /** Inputs first, then each hidden layer as it was when an image was read, last the logits. */
    this.layers = widths.map(units => new Float32Array(units))
    /** What each unit of these layers has added up, before its activation; none of the inputs. */
    this.sums = widths.map((units, index) => new Float32Array(index && units))
    this.probabilities = new Float32Array(widths.at(-1))
    this.active = new Int32Array(Math.max(...widths))
    this.dense = []
    let start = 0
    for (let index = 1; index < widths.length; index++) {
      const size = widths[index - 1] * widths[index]
      const kernel = parameters.subarray(start, start + size)
      const bias = parameters.subarray(start + size, start + size + widths[index])
      this.dense.push({ kernel, bias })
      start += size + widths[index]
    }
  }

  /**
   * Read an image.
   * @param {Uint8Array} image one value from 0 to 255 for each pixel.
   * @param {number} temperature that the logits are divided by; 1 leaves them as they are.
   * @param {Set<number>[]} off units of each layer, the inputs the first, that say 0 whatever they are given.
   * @returns {Float32Array} the probability of each class, valid until the next image is read.
   */
  read(image, temperature, off = []) {
    const { layers, sums, dense, probabilities } = this
    const { value } = this.activation
    for (let index = 0; index < image.length; index++) layers[0][index] = image[index] / 255
    dense.forEach(({ kernel, bias }, index) => {
      const units = layers[index + 1]
      const added = sums[index + 1]
      this.multiply(layers[index], kernel, bias, added)
      if (index === dense.length - 1) return units.set(added)
      for (let unit = 0; unit < units.length; unit++) units[unit] = value(added[unit])
      for (const unit of off[index + 1] ?? []) units[unit] = 0
    })
    softmax(layers.at(-1), 1, probabilities)
    for (let index = 0; index < probabilities.length; index++) {
      probabilities[index] = Math.log(Math.max(probabilities[index], SMALLEST))
    }
    softmax(probabilities, temperature, probabilities)
    return probabilities
  }

  // Most pixels are paper and most units off: what is 0 is left out, the rest taken by fours.
  multiply(inputs, kernel, bias, outputs) {
    const { active } = this
    const units = outputs.length
    let count = 0
    for (let index = 0; index < inputs.length; index++) if (inputs[index] !== 0) active[count++] = index
    outputs.set(bias)
    let at = 0
    for (; at + 4 <= count; at += 4) {
      const first = active[at]
      const second = active[at + 1]
      const third = active[at + 2]
      const fourth = active[at + 3]
      const [a, b, c, d] = [inputs[first], inputs[second], inputs[third], inputs[fourth]]
      let [w, x, y, z] = [first * units, second * units, third * units, fourth * units]
      for (let unit = 0; unit < units; unit++) {
        outputs[unit] += a * kernel[w++] + b * kernel[x++] + c * kernel[y++] + d * kernel[z++]
      }
    }
    for (; at < count; at++) {
      const input = inputs[active[at]]
      let weight = active[at] * units
      for (let unit = 0; unit < units; unit++) outputs[unit] += input * kernel[weight++]
    }
  }
}

// Writes to `shares`, which may be the very same array.
function softmax(logits, temperature, shares) {
  let largest = -Infinity
  for (let index = 0; index < logits.length; index++) largest = Math.max(largest, logits[index])
  let total = 0
  for (let index = 0; index < logits.length; index++) {
    shares[index] = Math.exp((logits[index] - largest) / temperature)
    total += shares[index]
  }
  for (let index = 0; index < logits.length; index++) shares[index] /= total
}
