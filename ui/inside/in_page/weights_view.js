// The view Weights: what the first layer's units look for, which units are dead, and how weights are spread.

import { make } from "./dom.js"
import { showHistograms } from "./histograms.js"
import { UnitDialog } from "./unit_dialog.js"
import { byImportance, unitPicture } from "./unit_pictures.js"
import { signedColours } from "../../shared/in_page/signed_picture.js"
import { aDigit, counted, grouped } from "../../shared/in_page/words.js"

const AT_ONCE = 48
const MOST_NAMED = 20
const ENOUGH = 500 // images that say which units matter
// In the ready-made network how smooth a unit's picture is and how much it is like its start go against each other: -0.96.
const WHY_NOISE = "All weights start at random. The more a picture looks like noise, the less its unit has left that start. Training changes " +
  "only what lowers the loss, so more training does not have to turn noise into strokes."

/**
 * @param {HTMLElement} panel
 * @param {import("./source.js").Source} source
 */
export async function show(panel, source) {
  const [kernels, initial] = await Promise.all([source.kernels(), source.initialKernels()])
  const { widths } = source.offer
  const colours = signedColours(panel)
  const dialog = new UnitDialog(source, kernels, colours)
  const units = new UnitGallery(kernels[0], widths.length > 2, colours, dialog)
  const dead = make("p.inside-dead", { role: "status" })
  const parts = [units.element]
  if (widths.length > 2) parts.push(make("section", {}, make("h2", { textContent: "Dead units" }), dead))
  panel.replaceChildren(...parts, showHistograms(kernels, initial, widths), dialog.element)
  if (widths.length === 2) return units.order([...Array(10).keys()])
  await new Promise((resolve, reject) => {
    let isOrdered = false
    source.computer().then(computer => computer.ask("units", { most: Infinity }, ({ count, layers }) => {
      const isLast = count === 10_000
      if (isLast || (!isOrdered && count >= ENOUGH)) units.order(byImportance(layers[0].importance))
      isOrdered ||= count >= ENOUGH
      dead.textContent = isLast ? inWords(layers, count) : `Looking at ${grouped(count)} of 10,000 test images …`
      if (isOrdered) resolve()
    })).catch(reject)
  })
}

function inWords(layers, count) {
  const said = layers.map(({ isDead }, layer) => {
    const dead = [...isDead.keys()].filter(unit => isDead[unit])
    if (!dead.length) return ""
    const named = dead.slice(0, MOST_NAMED).map(unit => unit + 1).join(", ")
    const rest = dead.length > MOST_NAMED ? ` and ${dead.length - MOST_NAMED} more` : ""
    return `In layer ${layer + 1}, ${counted(dead.length, "unit")} of ${grouped(isDead.length)}: ${named}${rest}.`
  }).filter(Boolean)
  if (!said.length) return `There are none: each unit of each layer says different things of the ${grouped(count)} test images.`
  return `A dead unit says the same of all ${grouped(count)} test images and so tells no digit from another. ${said.join(" ")}`
}

class UnitGallery {
  constructor(kernel, isHidden, colours, dialog) {
    this.kernel = kernel
    this.isHidden = isHidden
    this.colours = colours
    this.dialog = dialog
    this.pictures = make("div.inside-gallery.inside-units")
    this.more = make("button.inside-button", { type: "button", textContent: "Show more", onclick: () => this.add(AT_ONCE) })
    this.all = make("button.inside-button", { type: "button", textContent: "Show all", onclick: () => this.add(Infinity) })
    const what = isHidden ? "What the units of the first layer look for" : "What each digit looks for"
    const sorted = isHidden
      ? "Those come first that matter most: whose activation times outgoing weights is largest on the test images."
      : "There is no hidden layer: these are the weights of the ten digits themselves."
    this.element = make("section", {}, make("h2", { textContent: what }),
      make("p", { textContent: `Each picture is the 784 weights of one unit. Blue: ink there speaks for it; orange: against it. Press one to see more of it. ${sorted}` }),
      ...(isHidden ? [make("p", { textContent: WHY_NOISE })] : []),
      this.pictures, make("div.inside-row", {}, this.more, this.all))
  }

  order(units) {
    const shown = this.pictures.children.length || AT_ONCE
    this.units = units
    this.pictures.replaceChildren()
    this.add(shown)
  }

  add(count) {
    const shown = this.pictures.children.length
    for (const unit of this.units.slice(shown, shown + count)) {
      const name = this.isHidden ? `unit ${unit + 1}` : aDigit(unit)
      this.pictures.append(make("button", { type: "button", onclick: () => this.dialog.open(unit, name) },
        unitPicture(this.kernel, unit, this.colours), name))
    }
    this.more.hidden = this.all.hidden = this.pictures.children.length >= this.units.length
  }
}
