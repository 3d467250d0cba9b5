// The forward pass: digits/inference.py and digits/calibration.py, for one image at a time.

const SMALLEST = 2 ** -126 // of a number in 32 bits; what was rounded to 0 was no larger

const ACTIVATIONS = {
  relu: value => (value > 0 ? value : 0),
  elu: value => (value > 0 ? value : Math.expm1(value)),
  tanh: Math.tanh,
  sigmoid: value => 0.5 * (1 + Math.tanh(0.5 * value)),
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
    this.activate = ACTIVATIONS[activation]
    /** Inputs first, then each hidden layer as it was when an image was read, last the logits. */
    this.layers = widths.map(units => new Float32Array(units))
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
   * @returns {Float32Array} the probability of each class, valid until the next image is read.
   */
  read(image, temperature) {
    const { layers, dense, probabilities } = this
    for (let index = 0; index < image.length; index++) layers[0][index] = image[index] / 255
    dense.forEach(({ kernel, bias }, index) => {
      this.multiply(layers[index], kernel, bias, layers[index + 1])
      if (index === dense.length - 1) return
      const units = layers[index + 1]
      for (let unit = 0; unit < units.length; unit++) units[unit] = this.activate(units[unit])
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
