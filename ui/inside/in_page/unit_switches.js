// Switches of hidden units: some one by one, any number of a layer at once.

import { choice, make } from "./dom.js"
import { sliders } from "./sliders.js"
import { byImportance, unitPicture } from "./unit_pictures.js"
import { signedColours } from "../../shared/in_page/signed_picture.js"
import { counted, grouped } from "../../shared/in_page/words.js"

const ONE_BY_ONE = 16
const ORDERS = [["most", "that matter most"], ["least", "that matter least"], ["chance", "by chance"]]

export class UnitSwitches {
  /**
   * @param {Float32Array[]} kernels of all layers.
   * @param {number[]} widths
   * @param {() => void} changed
   */
  constructor(kernels, widths, changed) {
    this.layers = widths.slice(1, -1).map((units, index) => new Layer(kernels[index], units, index, changed))
    this.element = make("section", {}, make("h2", { textContent: "Switch units off" }))
    if (this.layers.length) this.element.append(...this.layers.map(({ element }) => element))
    else this.element.append(make("p", { textContent: "This network has no hidden layer, and so no units to switch off." }))
  }

  /** The units that are off, by layer; the inputs are the first and all on. */
  get off() {
    return [[], ...this.layers.map(layer => layer.off())]
  }

  /** @param {{ importance: Float32Array }[]} layers which units matter. */
  order(layers) {
    layers.forEach(({ importance }, index) => this.layers[index].order(byImportance(importance)))
  }

  reset() {
    for (const layer of this.layers) layer.reset()
  }
}

class Layer {
  constructor(kernel, units, index, changed) {
    this.kernel = index === 0 ? kernel : null
    this.changed = changed
    this.pressed = new Set()
    this.chosen = "least"
    this.shuffled = shuffled(units)
    this.sorted = [...Array(units).keys()]
    const words = `Layer ${index + 1}: units off, of ${grouped(units)}`
    const said = count => (count === units ? "all: the layer is off" : grouped(count))
    this.slider = sliders([["count", words, 0, units, 1, said]], { count: 0 }, changed)
    const which = choice("Which", ORDERS, value => {
      this.chosen = value
      changed()
    })
    which.select.value = this.chosen
    this.buttons = make("div.inside-switches", { role: "group", ariaLabel: `Units of layer ${index + 1}` })
    this.element = make("div.inside-layer", {}, make("div.inside-row", {}, this.slider.element, which.element),
      make("p.inside-small", { textContent: `Or one by one, ${counted(Math.min(units, ONE_BY_ONE), "unit")} that matter most on 1,000 test images:` }), this.buttons)
  }

  order(units) {
    this.sorted = units
    const shown = units.slice(0, ONE_BY_ONE)
    this.buttons.replaceChildren(...shown.map(unit => this.button(unit)))
  }

  button(unit) {
    const name = `unit ${unit + 1}`
    const button = make("button", { type: "button", ariaPressed: "false", title: `Switch ${name} off`, ariaLabel: `${name} off` })
    if (this.kernel) button.append(unitPicture(this.kernel, unit, signedColours(this.element)))
    button.append(make("span", { textContent: unit + 1 }))
    button.onclick = () => {
      if (!this.pressed.delete(unit)) this.pressed.add(unit)
      button.ariaPressed = String(this.pressed.has(unit))
      this.changed()
    }
    return button
  }

  off() {
    const order = { most: this.sorted, least: [...this.sorted].reverse(), chance: this.shuffled }[this.chosen]
    return [...new Set([...order.slice(0, this.slider.values.count), ...this.pressed])]
  }

  reset() {
    this.slider.reset()
    this.pressed.clear()
    for (const button of this.buttons.children) button.ariaPressed = "false"
  }
}

// Fisher and Yates, in the same order each time.
function shuffled(count) {
  const units = [...Array(count).keys()]
  let state = 1
  for (let last = count - 1; last > 0; last--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (last + 1))
    ;[units[last], units[other]] = [units[other], units[last]]
  }
  return units
}
