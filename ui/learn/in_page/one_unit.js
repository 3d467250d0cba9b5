// One unit of the first layer: image times weights, the sum, the bias, and what the activation makes of it.

import { make } from "../../shared/in_page/dom.js"
import { paintSigned, signedColours } from "../../shared/in_page/signed_picture.js"
import { counted } from "../../shared/in_page/words.js"
import { activationInWords } from "../../shared/network_picture/activations.js"
import { Importance, largest } from "../../shared/network_picture/importance.js"
import { imageTile, LooksFor, placesInWords, weightsInto } from "../../shared/network_picture/looks_for.js"
import { signed, termsOf } from "../../shared/network_picture/unit_panel.js"

const CHOICES = 8

/** The picture of one unit, and buttons for those that matter most. */
export class OneUnit {
  /** @param {HTMLElement} place */
  constructor(place) {
    const picture = (name, caption) => make("figure", {}, make(`canvas.${name}`, { width: 28, height: 28, ariaHidden: "true" }), make("figcaption", { textContent: caption }))
    const sign = textContent => make("span.lesson-sign", { textContent })
    place.append(
      make("p.lesson-choose"),
      make("div.lesson-choices", { role: "group", ariaLabel: "Units" }),
      make("div.lesson-product", {},
        picture("lesson-image", "784 pixels: 0 is black, 1 is white"), sign("×"),
        picture("lesson-weights", "its 784 weights: blue above 0, orange below"), sign("="),
        picture("lesson-products", "pixel × weight: blue adds, orange takes away")),
      make("p.lesson-looks-for"),
      make("table.lesson-sum", {}, make("tbody")),
      make("p.lesson-said", { role: "status" }))
    this.place = place
    this.find = selector => place.querySelector(selector)
    this.unit = /** @type {number | null} */ (null)
  }

  /** @param {import("../../shared/network_picture/network_picture.js").Reading} reading */
  show(reading) {
    const { network, image, temperature } = reading
    this.reading = reading
    const probabilities = network.read(image, temperature)
    const answer = probabilities.indexOf(Math.max(...probabilities))
    const scores = new Importance(network).measure(answer)[1]
    const units = network.widths[1]
    const choices = largest(scores, Math.min(CHOICES, units))
    this.looksFor = new LooksFor(network)
    this.find(".lesson-choose").textContent =
      `A layer is many units side by side. Of the ${counted(units, "unit")} in the first layer, these do most here for or against the answer ${answer}. Choose one:`
    this.find(".lesson-choices").replaceChildren(...choices.map(unit => this.choice(unit)))
    this.choose(choices[0] ?? 0)
  }

  choice(unit) {
    const button = make("button.lesson-choice", { type: "button", title: `Unit ${unit + 1}`, ariaLabel: `Unit ${unit + 1}`, onclick: () => this.choose(unit) })
    const tile = make("canvas", { width: 28, height: 28 })
    paintSigned(tile, this.looksFor.picture(1, unit), signedColours(this.place))
    button.append(tile)
    button.dataset.unit = unit
    return button
  }

  choose(unit) {
    const { network, image } = this.reading
    for (const button of this.find(".lesson-choices").children) button.ariaPressed = String(Number(button.dataset.unit) === unit)
    const weights = weightsInto(network, 1, unit)
    const products = weights.map((weight, pixel) => (weight * image[pixel]) / 255)
    this.find(".lesson-image").getContext("2d").drawImage(imageTile(image), 0, 0)
    const colours = signedColours(this.place)
    paintSigned(this.find(".lesson-weights"), weights, colours)
    paintSigned(this.find(".lesson-products"), products, colours)
    const says = placesInWords(weights)
    this.find(".lesson-looks-for").textContent = says && `What unit ${unit + 1} looks for in any image: ${says}.`
    this.showSum(unit, termsOf(network, { layer: 1, unit }))
  }

  showSum(unit, { strongest: [first], bias, sum }) {
    const { network } = this.reading
    const isOutput = network.widths.length === 2
    const rows = []
    if (first) {
      const place = `row ${Math.floor(first.from / 28) + 1}, column ${(first.from % 28) + 1}`
      rows.push([`in this image the product that counts most, in ${place}, ${first.term > 0 ? "adds" : "takes away"}: ${first.input.toFixed(2)} × ${signed(first.weight)}`, signed(first.term)])
    }
    // As rounded numbers they are to add up, too.
    rows.push(["all 784 products together", signed(asSaid(sum) - asSaid(bias))], ["its bias, a number of its own that it always adds", signed(bias)], ["sum", signed(sum)])
    if (!isOutput) rows.push([activationInWords(network.activationName), signed(network.layers[1][unit]).replace("+", "")])
    this.find("tbody").replaceChildren(...rows.map(([name, number]) => make("tr", {}, make("th", { scope: "row", textContent: name }), make("td", { textContent: number }))))
    const balance = sum > 0 ? "what adds outweighs what takes away" : "what takes away outweighs what adds"
    this.find(".lesson-said").textContent = isOutput
      ? `The sum is the score of the ${unit}.`
      : `Unit ${unit + 1} says ${signed(network.layers[1][unit]).replace("+", "")}: ${balance}. The next layer hears that number and nothing else.`
  }
}

/** @param {number} number as it is after `signed` has rounded it. */
const asSaid = number => Number(signed(number).replace("−", "-"))
