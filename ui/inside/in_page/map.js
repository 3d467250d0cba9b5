// The view Map: test images placed by what a layer says of them, so that like lies beside like.

import { colour, make, picture, segments } from "./dom.js"
import { Pad } from "./pad.js"
import { sliders } from "./sliders.js"
import { Network } from "../../shared/in_page/forward.js"
import { aDigit, grouped, pointAt } from "../../shared/in_page/words.js"

const COUNT = 1000
const MARGIN = 14
const REACH = 14 // of the pointer, in pixels

/**
 * @param {HTMLElement} panel
 * @param {import("./source.js").Source} source
 */
export async function show(panel, source) {
  const [images, answers, computer, weights] = await Promise.all([
    source.images(), source.answers(), source.computer(), source.weights(),
  ])
  const { widths, activation } = source.offer
  const last = widths.length - 1
  const own = new OwnPlace(new Network(weights, widths, activation))
  const count = Math.min(COUNT, images.count)
  const chart = new Chart(images, answers, own)
  const pad = new Pad(source, image => chart.placeOwn(image))
  const words = make("p.inside-small", { role: "status" })
  const name = layer => (layer === 0 ? "the pixels" : layer === last ? "the ten digits" : `hidden layer ${layer}`)
  let method = "pca"
  const ask = () => computer.ask("map", { layer: slider.values.layer, count, method }, part => {
    if (!part) return
    own.layer = slider.values.layer
    own.directions = part.directions ? part : null
    chart.place(part.places)
    chart.placeOwn(source.drawing)
    pad.element.hidden = !part.directions || pad.isUseless
    words.textContent = `The first ${grouped(count)} test images, placed by ${name(slider.values.layer)}. ${inWords(part)}`
  }).catch(error => { words.textContent = error.message })
  const methods = segments("Placed so that", [["pca", "differences stay (PCA)"], ["umap", "neighbours stay (UMAP)"]], chosen => {
    method = chosen
    if (method === "umap") words.textContent = "Finding each image's neighbours …"
    ask()
  })
  const slider = sliders([["layer", "Placed by", 0, last, 1, name]], { layer: Math.max(0, last - 1) }, ask)
  panel.replaceChildren(
    make("p", { textContent: "Images of which a layer says nearly the same lie close together. The later the layer, the better it tells the ten digits apart." }),
    slider.element, methods, chart.element, words,
  )
  chart.side.prepend(pad.element)
  pad.show()
  await ask()
}

function inWords({ shares, share }) {
  if (shares) {
    const held = Math.round(100 * (shares[0] + (shares[1] ?? 0)))
    return `These two directions hold ${held}% of all differences${held < 100 ? ": digits that overlap here may stand apart in the others" : ""}.`
  }
  if (share < 1) return `Pulling neighbours together: ${Math.round(100 * share)}% done.`
  return "Neighbours lie together as far as that can be; how far apart two groups lie says little, and a drawing that UMAP did not know has no place here."
}

/** Where a drawing lies among the images: the same layer, seen from the same side. */
class OwnPlace {
  /** @param {Network} network */
  constructor(network) {
    this.network = network
    this.layer = 0
    /** @type {{ means: Float64Array, directions: Float64Array[] } | null} */
    this.directions = null
  }

  /**
   * @param {Uint8Array} image
   * @returns {{ place: [number, number], answer: number } | null} null until the images are placed.
   */
  of(image) {
    if (!this.directions) return null
    const shares = this.network.read(image, 1)
    const values = this.network.layers[this.layer]
    const { means, directions } = this.directions
    const along = direction => direction?.reduce((sum, value, at) => sum + value * (values[at] - means[at]), 0) ?? 0
    return { place: [along(directions[0]), along(directions[1])], answer: shares.indexOf(Math.max(...shares)) }
  }
}

class Chart {
  constructor(images, answers, own) {
    this.images = images
    this.answers = answers
    this.own = own
    this.mark = make("div.inside-own", { hidden: true, ariaHidden: "true" })
    this.said = make("p.inside-small", { role: "status" })
    this.canvas = make("canvas.inside-chart", { role: "img", tabIndex: 0, ariaLabel: "Map of test images; arrow keys go from one to the next" })
    this.shown = make("div.inside-shown", { role: "status" }, make("p", { textContent: `${pointAt()} a digit to see its image.` }))
    this.side = make("div.inside-map-side", {}, this.said, this.shown)
    this.element = make("div.inside-map", {}, make("div.inside-chart-frame", {}, this.canvas, this.mark), this.side)
    this.chosen = -1
    this.canvas.onpointermove = event => this.point(event)
    this.canvas.onpointerdown = event => this.point(event)
    this.canvas.onkeydown = event => this.step(event)
    new ResizeObserver(() => {
      this.draw()
      this.showOwn()
    }).observe(this.canvas)
  }

  /** @param {Float32Array} places [count, 2]. */
  place(places) {
    this.places = places
    this.chosen = -1
    this.draw()
  }

  /**
   * Have the visitor's drawing among the images, or none.
   * @param {Uint8Array | null} image
   */
  placeOwn(image) {
    this.found = image && this.own.of(image)
    if (this.found) this.mark.replaceChildren(picture(image))
    const words = this.found ? `Your drawing (framed) is read as ${aDigit(this.found.answer)}.` : ""
    if (this.said.textContent !== words) this.said.textContent = words
    this.showOwn()
  }

  showOwn() {
    this.mark.hidden = !this.found || !this.view
    if (this.mark.hidden) return
    // What lies farther out than all images stands at the edge.
    const [x, y] = this.view(...this.found.place).map(value => Math.min(Math.max(value, MARGIN), this.canvas.clientWidth - MARGIN))
    this.mark.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`
  }

  draw() {
    const { canvas, places } = this
    const side = canvas.clientWidth
    if (!places || !side) return
    const density = window.devicePixelRatio || 1
    canvas.width = canvas.height = Math.round(side * density)
    const context = canvas.getContext("2d")
    context.scale(density, density)
    context.textAlign = "center"
    context.textBaseline = "middle"
    context.font = `600 ${side < 500 ? 10 : 12}px sans-serif`
    this.view = viewOf(places, side)
    this.dots = Array.from({ length: places.length / 2 }, (_, index) => this.view(places[2 * index], places[2 * index + 1]))
    const colours = Array.from({ length: 10 }, (_, digit) => colour(this.element, `digit-${digit}`))
    this.dots.forEach(([x, y], index) => {
      context.fillStyle = colours[this.images.labels[index]]
      context.fillText(this.images.labels[index], x, y)
    })
    if (this.chosen < 0) return
    context.strokeStyle = getComputedStyle(canvas).color
    context.lineWidth = 2
    context.beginPath()
    context.arc(...this.dots[this.chosen], 10, 0, 2 * Math.PI)
    context.stroke()
  }

  point({ offsetX, offsetY }) {
    if (!this.dots) return
    let [nearest, least] = [-1, REACH ** 2]
    this.dots.forEach(([x, y], index) => {
      const distance = (x - offsetX) ** 2 + (y - offsetY) ** 2
      if (distance < least) [nearest, least] = [index, distance]
    })
    if (nearest >= 0) this.choose(nearest)
  }

  step(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step || !this.dots) return
    event.preventDefault()
    this.choose((this.chosen + step + this.dots.length) % this.dots.length)
  }

  choose(index) {
    if (index === this.chosen) return
    this.chosen = index
    const [label, answer] = [this.images.labels[index], this.answers.answers[index]]
    const words = `Test image ${grouped(index + 1)}: ${aDigit(label)}, ` +
      (label === answer ? "read right." : `misread as ${aDigit(answer)}.`)
    this.shown.replaceChildren(picture(this.images.image(index)), make("p", { textContent: words }))
    this.draw()
  }
}

// From places to pixels of a square; both directions by one measure, so that distances are true.
function viewOf(places, side) {
  const count = places.length / 2
  const range = [0, 1].map(axis => {
    const values = Array.from({ length: count }, (_, index) => places[2 * index + axis])
    return [Math.min(...values), Math.max(...values)]
  })
  const widest = Math.max(...range.map(([least, most]) => most - least)) || 1
  const scale = (side - 2 * MARGIN) / widest
  const at = (value, [least, most]) => side / 2 + (value - (least + most) / 2) * scale
  return (x, y) => [at(x, range[0]), side - at(y, range[1])]
}
