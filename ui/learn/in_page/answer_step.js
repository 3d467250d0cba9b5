// The loss of one answer, the slope of one weight, a step of gradient descent, and what is read after it.

import { passBack } from "../../shared/in_page/backward.js"
import { make } from "../../shared/in_page/dom.js"
import { Network } from "../../shared/in_page/forward.js"
import { aDigit, probability } from "../../shared/in_page/words.js"
import { withPower } from "../../shared/network_picture/output_panel.js"
import { signed } from "../../shared/network_picture/unit_panel.js"

const RATES = { least: 0.0001, most: 1, first: 0.002 } // at 0.05 one step turns the ready-made network's answer round
const SMALLEST = 1e-30
const SURE = 0.99

/** The arithmetic of a step, for the image that is shown. */
export class AnswerStep {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.label = make("select", {}, ...Array.from({ length: 10 }, (_, digit) => make("option", { value: digit, textContent: digit })))
    this.rate = make("input", { type: "range", step: "any", min: Math.log(RATES.least), max: Math.log(RATES.most), value: Math.log(RATES.first) })
    place.append(
      make("label.lesson-slider", {}, "Suppose the right answer is ", this.label),
      make("label.lesson-slider", {}, make("span.lesson-rate"), this.rate),
      make("table.lesson-sum", {}, make("tbody")),
      make("p.lesson-said", { role: "status" }))
    this.find = selector => place.querySelector(selector)
    this.label.onchange = this.rate.oninput = () => this.update()
  }

  /** @param {import("../../shared/network_picture/network_picture.js").Reading & { label: number | null }} reading */
  show(reading) {
    const { network, image, label } = reading
    this.reading = reading
    const shares = Array.from(network.read(image, 1))
    const first = indexOfLargest(shares)
    // Where it is sure and right a step changes nothing that could be seen.
    const isDull = label === null || (label === first && shares[first] > SURE)
    this.label.value = isDull ? indexOfLargest(shares.map((share, digit) => (digit === first ? 0 : share))) : label
    this.update()
  }

  update() {
    const { network, image } = this.reading
    const right = Number(this.label.value)
    const rate = Math.exp(this.rate.valueAsNumber)
    const before = Array.from(network.read(image, 1))
    const gradients = gradientsOf(network, right)
    const weight = steepest(network, gradients, right)
    const after = stepped(network, gradients, rate)
    const then = Array.from(after.read(image, 1))
    this.find(".lesson-rate").textContent = `Learning rate α: ${rate.toPrecision(2)}`
    const rows = [
      [`it gives the ${right}`, finely(before[right])],
      [`loss of this answer: −ln(${share(before[right])})`, lossOf(before[right])],
      [`one weight: from ${weight.from} to the score of the ${right}`, withMinus(weight.value.toFixed(4))],
      ["the slope of the loss along that weight", signedSmall(weight.slope)],
      [`the step: ${withMinus(weight.value.toFixed(4))} − ${rate.toPrecision(2)} × ${signedSmall(weight.slope)}`, withMinus((weight.value - rate * weight.slope).toFixed(4))],
      [`all weights have taken such a step: now it gives the ${right}`, finely(then[right])],
      ["loss after the step", lossOf(then[right])],
    ]
    this.find("tbody").replaceChildren(...rows.map(([name, number]) => make("tr", {}, make("th", { scope: "row", textContent: name }), make("td", { textContent: number }))))
    this.say(before, then, right)
  }

  say(before, then, right) {
    const [first, second] = [indexOfLargest(before), indexOfLargest(then)]
    const change = first === second ? `It reads ${aDigit(first)} before and after.` : `It read ${aDigit(first)}, and now it reads ${aDigit(second)}.`
    const why = then[right] < before[right] - 1e-6
      ? "The loss went up: this step was too long. Try a smaller rate."
      : before[right] > SURE
        ? "It was sure and right, so the loss and its slopes are close to 0, and hardly anything changes. Suppose that another digit is right, and see."
        : first === second
          ? "The loss went down, and the answer stayed: this step is a small one. Training takes thousands, each for many images at once."
          : "At this rate a single step turns its answer round, so one image alone could teach it nonsense. Training takes small steps, each for many images at once."
    this.find(".lesson-said").textContent = `${change} ${why}`
  }
}

// The slope of the cross-entropy along each sum of each layer, by the chain rule.
function gradientsOf(network, right) {
  const last = network.widths.length - 1
  const gradients = network.widths.map(units => new Float32Array(units))
  gradients[last].set(network.probabilities)
  gradients[last][right] -= 1
  for (let layer = last; layer > 0; layer--) passBack(network, layer, gradients[layer], gradients[layer - 1])
  return gradients
}

// Of the weights that lead to the score of the right digit, that which the loss hangs on most.
function steepest(network, gradients, right) {
  const last = network.widths.length - 1
  const inputs = network.layers[last - 1]
  const from = indexOfLargest(inputs.map(Math.abs))
  const value = network.dense[last - 1].kernel[from * network.widths[last] + right]
  const name = last === 1 ? `pixel ${from + 1}` : `unit ${from + 1} of layer ${last - 1}`
  return { from: name, value, slope: inputs[from] * gradients[last][right] }
}

function stepped(network, gradients, rate) {
  const parameters = []
  network.dense.forEach(({ kernel, bias }, index) => {
    const inputs = network.layers[index]
    const heard = gradients[index + 1]
    const units = heard.length
    const moved = kernel.slice()
    for (let from = 0; from < inputs.length; from++) {
      if (inputs[from] === 0) continue
      for (let unit = 0; unit < units; unit++) moved[from * units + unit] -= rate * inputs[from] * heard[unit]
    }
    parameters.push(moved, bias.map((number, unit) => number - rate * heard[unit]))
  })
  const all = new Float32Array(parameters.reduce((count, { length }) => count + length, 0))
  let at = 0
  for (const part of parameters) { all.set(part, at); at += part.length }
  return new Network(all, network.widths, network.activationName)
}

const indexOfLargest = numbers => numbers.indexOf(Math.max(...numbers))
const withMinus = text => text.replaceAll("-", "−")
// So many digits that whoever takes the logarithm finds the loss beside it.
const share = probability => (probability < 0.0001 ? withPower(probability, 4) : probability.toPrecision(5))
// A step moves also what is far below 0.1%.
const finely = share => (share < 0.001 && share > 1e-11 ? `${(100 * share).toFixed(1 - Math.floor(Math.log10(100 * share)))}%` : probability(share))
const lossOf = probability => Math.abs(Math.log(Math.max(probability, SMALLEST))).toFixed(4)
const signedSmall = number => (number !== 0 && Math.abs(number) < 0.001 ? `${number < 0 ? "−" : "+"}${withPower(Math.abs(number), 1)}` : signed(number))
