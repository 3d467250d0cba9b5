// The view Map: test images placed by what a layer says of them, so that like lies beside like.

import { colour, make, picture } from "./dom.js"
import { sliders } from "./sliders.js"
import { aDigit, grouped } from "../../shared/in_page/words.js"

const COUNT = 1000
const MARGIN = 14
const REACH = 14 // of the pointer, in pixels

/**
 * @param {HTMLElement} panel
 * @param {import("./source.js").Source} source
 */
export async function show(panel, source) {
  const [images, answers, computer] = await Promise.all([source.images(), source.answers(), source.computer()])
  const last = source.offer.widths.length - 1
  const count = Math.min(COUNT, images.count)
  const chart = new Chart(images, answers)
  const words = make("p.inside-small", { role: "status" })
  const name = layer => (layer === 0 ? "the pixels" : layer === last ? "the ten digits" : `hidden layer ${layer}`)
  const ask = () => computer.ask("map", { layer: slider.values.layer, count }, part => {
    if (!part) return
    chart.place(part.places)
    const share = Math.round(100 * (part.shares[0] + (part.shares[1] ?? 0)))
    words.textContent = `The first ${grouped(count)} test images, placed by ${name(slider.values.layer)}. ` +
      `These two directions hold ${share}% of all differences.`
  }).catch(error => { words.textContent = error.message })
  const slider = sliders([["layer", "Placed by", 0, last, 1, name]], { layer: Math.max(0, last - 1) }, ask)
  panel.replaceChildren(
    make("p", { textContent: "Images that a layer says the same of lie close together. From layer to layer, the digits come apart." }),
    slider.element, chart.element, words,
  )
  await ask()
}

class Chart {
  constructor(images, answers) {
    this.images = images
    this.answers = answers
    this.canvas = make("canvas.inside-chart", { role: "img", tabIndex: 0, ariaLabel: "Map of test images; arrow keys go from one to the next" })
    this.shown = make("div.inside-shown", { role: "status" }, make("p", { textContent: "Point at a digit to see its image." }))
    this.element = make("div.inside-map", {}, this.canvas, this.shown)
    this.chosen = -1
    this.canvas.onpointermove = event => this.point(event)
    this.canvas.onpointerdown = event => this.point(event)
    this.canvas.onkeydown = event => this.step(event)
    new ResizeObserver(() => this.draw()).observe(this.canvas)
  }

  /** @param {Float32Array} places [count, 2]. */
  place(places) {
    this.places = places
    this.chosen = -1
    this.draw()
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
    this.dots = scaled(places, side)
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

// Both directions by one measure, so that distances are true.
function scaled(places, side) {
  const count = places.length / 2
  const range = [0, 1].map(axis => {
    const values = Array.from({ length: count }, (_, index) => places[2 * index + axis])
    return [Math.min(...values), Math.max(...values)]
  })
  const widest = Math.max(...range.map(([least, most]) => most - least)) || 1
  const scale = (side - 2 * MARGIN) / widest
  const at = (index, axis) => side / 2 + (places[2 * index + axis] - (range[axis][0] + range[axis][1]) / 2) * scale
  return Array.from({ length: count }, (_, index) => [at(index, 0), side - at(index, 1)])
}
