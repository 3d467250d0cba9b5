// A step of a run in four stages, look, measure, blame and move, which light up one after the other.

import { make } from "../shared/in_page/dom.js"
import { paintSigned, signedColours } from "../shared/in_page/signed_picture.js"
import { imageTile } from "../shared/network_picture/looks_for.js"

const MILLISECONDS_A_STAGE = 4500
const PIXELS = 784
const STILL = matchMedia("(prefers-reduced-motion: reduce)")

/**
 * Images of a batch.
 * @typedef {object} Images
 * @property {string} pixels [count, 784] bytes as Base64.
 * @property {string[]} words below each image.
 * @property {boolean[]} right whether each is read right.
 */

/**
 * A bar, and what it says.
 * @typedef {object} Bar
 * @property {string} name
 * @property {number} share of the longest, from 0 to 1.
 * @property {string} said
 */

/**
 * A stage of the step.
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} sentence
 * @property {string} [note]
 * @property {{ before: string, after: string, name: string }[]} [numbers]
 * @property {Images} [images]
 * @property {Bar[]} [bars]
 * @property {string} [barsTitle]
 * @property {{ asked: string, words: string[], title: string }} [units] numbers from -127 to 127,
 *   [units, 784] bytes as Base64: how much each weight is asked to grow.
 */

/**
 * What is shown.
 * @typedef {object} SlowStep
 * @property {string} id of the run and its step.
 * @property {string} title
 * @property {number} layers that have weights: for their bars there is room from the first.
 * @property {string} waiting what is said while the step is still to be taken; empty once it is there.
 * @property {Stage[]} stages
 */

const shown = new WeakMap()

/**
 * Show a step in an element of the page; again when it is another one.
 * @param {HTMLElement} place
 * @param {SlowStep} step
 */
export function showIn(place, step) {
  const before = shown.get(place)
  if (before?.id === step.id) return
  before?.pause()
  shown.set(place, new Stages(place, step))
}

class Stages {
  /**
   * @param {HTMLElement} place
   * @param {SlowStep} step
   */
  constructor(place, step) {
    this.id = step.id
    this.place = place
    this.stages = step.stages
    this.timer = 0
    place.style.setProperty("--layers", step.layers)
    this.spoken = make("p.slow-spoken", { role: "status", textContent: step.waiting })
    const title = make("h2", { textContent: step.title })
    if (step.waiting) {
      const names = step.stages.map(({ name }) => make("li", {}, make("span.slow-name", { textContent: name })))
      place.replaceChildren(make("div.slow-head", {}, title), make("ol.slow-track", {}, ...names), make("p.slow-waiting", { textContent: step.waiting }), this.spoken)
      return
    }
    this.names = step.stages.map(({ name }, index) => make("button.slow-name", { type: "button", textContent: name, onclick: () => this.choose(index) }))
    this.panels = step.stages.map(stage => panelOf(stage, signedColours(place)))
    this.back = make("button", { type: "button", textContent: "Back", onclick: () => this.choose(this.at - 1) })
    this.next = make("button", { type: "button", textContent: "Next", onclick: () => this.choose(this.at + 1) })
    this.player = make("button.slow-play", { type: "button", onclick: () => (this.timer ? this.pause() : this.play()) })
    const controls = make("div.slow-controls", {}, this.back, this.player, this.next)
    place.replaceChildren(
      make("div.slow-head", {}, title, controls),
      make("ol.slow-track", {}, ...this.names.map(name => make("li", {}, name))),
      make("div.slow-panels", {}, ...this.panels), this.spoken)
    this.light(0)
    this.pause() // who has pressed may be reading elsewhere: it plays when that is asked for
    this.player.hidden = STILL.matches
  }

  /** Light a stage up, and all before it a little. */
  light(index) {
    this.at = index
    this.names.forEach((name, number) => {
      name.parentElement.dataset.light = number < index ? "was" : number === index ? "on" : "off"
      if (number === index) name.setAttribute("aria-current", "step")
      else name.removeAttribute("aria-current")
    })
    this.panels.forEach((panel, number) => panel.classList.toggle("slow-lit", number === index))
    this.spoken.textContent = `${index + 1} of ${this.stages.length}: ${this.stages[index].name}. ${this.stages[index].sentence}`
    // Not `disabled`, which would take the focus of a keyboard away.
    this.back.setAttribute("aria-disabled", index === 0)
    this.next.setAttribute("aria-disabled", index === this.stages.length - 1)
  }

  /** Show a stage for as long as one likes. */
  choose(index) {
    if (index < 0 || index >= this.stages.length) return
    this.pause()
    this.light(index)
  }

  play() {
    if (this.at === this.stages.length - 1) this.light(0)
    this.timer = setInterval(() => this.goOn(), MILLISECONDS_A_STAGE)
    this.player.textContent = "Pause"
  }

  goOn() {
    if (!this.place.isConnected) return this.pause()
    if (document.hidden) return
    this.light(this.at + 1)
    if (this.at === this.stages.length - 1) this.pause()
  }

  pause() {
    clearInterval(this.timer)
    this.timer = 0
    if (this.player) this.player.textContent = "Play all"
  }
}

/** @param {Stage} stage */
function panelOf(stage, colours) {
  const panel = make("div.slow-panel", {}, make("p.slow-sentence", { textContent: stage.sentence }))
  if (stage.numbers) panel.append(make("dl.slow-numbers", {}, ...stage.numbers.map(numberOf)))
  const pictures = make("div.slow-pictures")
  if (stage.bars) pictures.append(barsOf(stage.barsTitle, stage.bars))
  if (stage.units) pictures.append(unitsOf(stage.units, colours))
  if (stage.images) pictures.append(imagesOf(stage.images))
  panel.append(pictures)
  if (stage.note) panel.append(make("p.slow-note", { textContent: stage.note }))
  return panel
}

function numberOf({ name, before, after }) {
  const value = after ? make("dd", {}, before, make("span.slow-arrow", { textContent: " → " }), make("strong", { textContent: after })) : make("dd", {}, make("strong", { textContent: before }))
  return make("div", {}, make("dt", { textContent: name }), value)
}

function barsOf(title, bars) {
  return make("div.slow-bars", {}, make("p", { textContent: title }), make("ul", {}, ...bars.map(({ name, share, said }, index) => {
    const bar = make("span.slow-bar", {}, make("span"))
    bar.firstChild.style.cssText = `width: ${100 * share}%; animation-delay: ${120 * index}ms`
    return make("li", {}, make("span", { textContent: name }), bar, make("span.slow-said", { textContent: said }))
  })))
}

function unitsOf({ asked, words, title }, colours) {
  const numbers = new Int8Array(bytesOf(asked).buffer)
  const tiles = words.map((said, unit) => {
    const canvas = make("canvas", { width: 28, height: 28 })
    paintSigned(canvas, Float32Array.from(numbers.subarray(PIXELS * unit, PIXELS * (unit + 1))), colours)
    return make("figure", {}, canvas, make("figcaption", { textContent: said }))
  })
  return make("div.slow-units", {}, make("p", { textContent: title }), make("div.slow-tiles", {}, ...tiles))
}

function imagesOf({ pixels, words, right }) {
  const bytes = bytesOf(pixels)
  const tiles = words.map((said, index) => {
    const canvas = make("canvas", { width: 28, height: 28 })
    canvas.getContext("2d").drawImage(imageTile(bytes.subarray(PIXELS * index, PIXELS * (index + 1))), 0, 0)
    const tile = make("figure", {}, canvas, make("figcaption", { textContent: said }))
    tile.className = right[index] ? "slow-right" : "slow-wrong"
    tile.style.animationDelay = `${90 * index}ms`
    return tile
  })
  return make("div.slow-tiles", {}, ...tiles)
}

const bytesOf = text => Uint8Array.from(atob(text), sign => sign.charCodeAt(0))
