// One unit of the first layer, enlarged: what it looks for, what it finds most of that in, and where it tells of it.

import { aDigit } from "../../shared/in_page/words.js"
import { dialog, make, picture } from "./dom.js"
import { unitPicture } from "./unit_pictures.js"

const PIXELS = 28 * 28
const CLASSES = 10
const IMAGES_SHOWN = 12
const STRONGEST = 5 // outgoing weights of each sign

export class UnitDialog {
  /**
   * @param {import("./source.js").Source} source
   * @param {Float32Array[]} kernels the weights of each layer.
   * @param {import("../../shared/in_page/signed_picture.js").SignedColours} colours
   */
  constructor(source, kernels, colours) {
    this.source = source
    this.kernels = kernels
    this.colours = colours
    this.content = make("div")
    this.element = dialog("A unit", this.content)
  }

  /**
   * @param {number} unit
   * @param {string} name as it is called beside its picture.
   */
  async open(unit, name) {
    const large = unitPicture(this.kernels[0], unit, this.colours)
    large.role = "img"
    large.ariaLabel = `The weights of ${name}`
    const found = make("div.inside-gallery")
    this.content.replaceChildren(
      make("h2", { textContent: name.charAt(0).toUpperCase() + name.slice(1) }),
      make("div.inside-image", {}, large, make("div", {},
        make("p", { textContent: "Ink on blue raises its sum, ink on orange lowers it; where it is pale, ink hardly counts." }),
        ...outgoing(this.kernels, unit).map(textContent => make("p", { textContent })))),
      make("h2", { textContent: "The test images with the largest sums" }), found)
    this.element.showModal()
    const images = await this.source.images().catch(error => { found.textContent = error.message })
    if (!images) return
    for (const index of largestSums(images, this.kernels[0], unit)) {
      const label = aDigit(images.labels[index])
      found.append(make("figure", {}, picture(images.image(index)), make("figcaption", { textContent: label })))
    }
  }
}

/** What a hidden unit tells the layer after it, in words; nothing of the outputs themselves. */
function outgoing(kernels, unit) {
  if (kernels.length === 1) return []
  const next = kernels[1]
  const units = next.length / (kernels[0].length / PIXELS)
  const weights = next.subarray(unit * units, (unit + 1) * units)
  const order = [...weights.keys()].sort((one, other) => weights[other] - weights[one])
  const isLast = units === CLASSES && kernels.length === 2
  const named = of => of.map(each => (isLast ? aDigit(each) : `unit ${each + 1}`)).join(", ")
  const raised = order.slice(0, STRONGEST).filter(each => weights[each] > 0)
  const lowered = order.reverse().slice(0, STRONGEST).filter(each => weights[each] < 0)
  const where = isLast ? "" : ", in the next layer"
  return [
    raised.length ? `It speaks most for${where}: ${named(raised)}.` : "It speaks for nothing.",
    lowered.length ? `Most against${where}: ${named(lowered)}.` : "It speaks against nothing.",
  ]
}

/** Which images have the most ink where the unit's weights are for it, least where they are against. */
function largestSums({ count, pixels }, kernel, unit) {
  const units = kernel.length / PIXELS
  const weights = Float32Array.from({ length: PIXELS }, (_, pixel) => kernel[pixel * units + unit])
  const sums = Float32Array.from({ length: count }, (_, image) => {
    let sum = 0
    for (let pixel = 0, at = image * PIXELS; pixel < PIXELS; pixel++, at++) sum += pixels[at] * weights[pixel]
    return sum
  })
  return [...sums.keys()].sort((one, other) => sums[other] - sums[one]).slice(0, IMAGES_SHOWN)
}
