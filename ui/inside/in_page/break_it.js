// The view Break it: what a network still reads when parts of it, its weights or the images are spoilt.

import { make, picture } from "./dom.js"
import { UNCHANGED as SAME_IMAGES } from "./image_changes.js"
import { sliders } from "./sliders.js"
import { UnitSwitches } from "./unit_switches.js"
import { UNCHANGED as SAME_WEIGHTS } from "./weight_changes.js"
import { grouped, percent } from "../../shared/in_page/words.js"

const BITS = [32, 8, 6, 5, 4, 3, 2, 1]
const ENOUGH = 1000 // images that say which units matter
const share = value => `${Math.round(100 * value)}%`
const pixels = value => `${value} px`
/** Of each change: its field, its words, least, most, step, and how a value is said. */
const OF_WEIGHTS = [
  ["noise", "Noise", 0, 3, 0.1, value => `${value.toFixed(1)} × their standard deviation`],
  ["bits", "Bits for each weight", 0, BITS.length - 1, 1, at => `${BITS[at]}`],
  ["pruned", "Smallest weights taken out", 0, 0.99, 0.01, share],
]
const OF_IMAGES = [
  ["turn", "Turn", -180, 180, 5, value => `${value}°`],
  ["right", "Shift to the right", -14, 14, 1, pixels],
  ["down", "Shift down", -14, 14, 1, pixels],
  ["bolder", "Thinner or bolder", -2, 2, 1, value => (value ? `${Math.abs(value)} ${value < 0 ? "thinner" : "bolder"}` : "as it is")],
  ["blur", "Blur", 0, 4, 0.25, value => `${value} px`],
  ["cover", "Cover the middle", 0, 28, 2, value => `${value} × ${value} px`],
]

/**
 * @param {HTMLElement} panel
 * @param {import("./source.js").Source} source
 */
export async function show(panel, source) {
  const [kernels, computer, answers] = await Promise.all([source.kernels(), source.computer(), source.answers()])
  const whole = answers.matrix.flat().reduce((sum, count) => sum + count)
  const usual = answers.matrix.reduce((sum, row, digit) => sum + row[digit], 0) / whole
  const result = new Result(usual, whole)
  const ask = () => computer.ask("accuracy", {
    weights: { ...weights.values, bits: BITS[weights.values.bits] }, images: images.values, off: units.off,
  }, part => result.show(part)).catch(error => result.fail(error))
  const weights = sliders(OF_WEIGHTS, { ...SAME_WEIGHTS, bits: 0 }, ask)
  const images = sliders(OF_IMAGES, SAME_IMAGES, ask)
  const units = new UnitSwitches(kernels, source.offer.widths, ask)
  const reset = make("button.inside-button", { type: "button", textContent: "Mend everything", onclick: () => {
    for (const part of [weights, images, units]) part.reset()
    ask()
  } })
  const group = (title, ...parts) => make("section", {}, make("h2", { textContent: title }), ...parts)
  panel.replaceChildren(result.element, make("div.inside-row", {}, reset), make("div.inside-columns.inside-even", {},
    group("Spoil the images", images.element), group("Spoil the weights", weights.element)), units.element)
  ask()
  computer.ask("importance", { most: ENOUGH }, ({ layers, count }) => { if (count === ENOUGH) units.order(layers) })
}

class Result {
  constructor(usual, whole) {
    this.usual = usual
    this.whole = whole
    this.number = make("output.inside-accuracy", { role: "status", textContent: percent(usual) })
    this.words = make("p.inside-small")
    this.bar = make("span.inside-accuracy-bar")
    this.bar.style.setProperty("--usual", usual)
    this.examples = make("div.inside-examples")
    this.element = make("section.inside-result", {}, make("div", {}, this.number, this.words, this.bar), this.examples)
  }

  show({ right, count, examples }) {
    const accuracy = right / count
    this.number.textContent = percent(accuracy)
    this.number.ariaBusy = String(count < this.whole)
    this.bar.style.setProperty("--share", accuracy)
    const all = count === this.whole ? `all ${grouped(count)}` : `the first ${grouped(count)} of ${grouped(this.whole)}`
    this.words.textContent = `right on ${all} test images; ${percent(this.usual)} when nothing is broken`
    this.examples.replaceChildren(...examples.map(({ image, answer, label }) => {
      const isRight = answer === label
      return make(isRight ? "figure" : "figure.inside-wrong", {}, picture(image),
        make("figcaption", { textContent: isRight ? `${answer}` : `${label} → ${answer}` }))
    }))
  }

  fail(error) {
    this.words.textContent = error.message
  }
}
