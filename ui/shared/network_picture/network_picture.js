// The picture of a network that reads: the image, the units of each layer that matter most for it, and
// the ten outputs. Whoever points at a unit sees what it looks for and its sum; a click switches it off.

import { counted, probability } from "../in_page/words.js"
import { Importance, ShownUnits } from "./importance.js"
import { layOut } from "./layout.js"
import { distanceTo, linesInto } from "./lines.js"
import { LooksFor } from "./looks_for.js"
import { paint } from "./painting.js"
import { UnitButtons } from "./unit_buttons.js"
import { UnitCard } from "./unit_card.js"
import { termsOf } from "./unit_panel.js"

const MOST_UNITS = 16 // of a layer that are shown
const PIXELS_BESIDE_A_LINE = 6
const COLOURS_IN_WORDS = "Blue speaks for, orange against."
const FINGER = matchMedia("(pointer: coarse)")

/**
 * A network, and what it reads.
 * @typedef {object} Reading
 * @property {import("../in_page/forward.js").Network} network
 * @property {Uint8Array | null} image [784]; null while nothing is drawn.
 * @property {number} temperature that the logits are divided by.
 */

/**
 * A unit: its layer, of which the first after the inputs is 1, and its number, from 0.
 * @typedef {{ layer: number, unit: number }} Unit
 */

/**
 * How many units are switched off.
 * @param {Set<number>[]} off units of each layer.
 */
export const countOff = off => off.reduce((sum, units) => sum + units.size, 0)

/** The picture, in an element of the page. */
export class NetworkPicture {
  /**
   * @param {HTMLElement} parent that is empty, and the picture's alone.
   * @param {(view: import("./painting.js").View) => void} [answered] told what is read, whenever it was painted.
   */
  constructor(parent, answered = () => {}) {
    this.answered = answered
    parent.classList.add("network-picture")
    this.parent = parent
    this.canvas = parent.appendChild(document.createElement("canvas"))
    this.canvas.ariaHidden = "true" // the buttons upon it are named
    this.buttons = new UnitButtons(parent, { select: unit => this.select(unit), press: unit => this.press(unit) })
    this.below = parent.appendChild(document.createElement("div"))
    this.below.className = "network-below"
    this.words = this.below.appendChild(document.createElement("p"))
    this.words.className = "network-words"
    this.words.role = "status"
    this.allOn = this.below.appendChild(document.createElement("button"))
    Object.assign(this.allOn, { type: "button", textContent: "Switch all on", onclick: () => this.switchAllOn() })
    this.card = new UnitCard(parent, {
      point: from => this.point(from),
      press: () => this.press(this.selected),
      leave: () => this.leave(),
      dismiss: () => this.dismiss(),
    })
    this.reading = /** @type {Reading | null} */ (null)
    this.widths = /** @type {number[]} */ ([])
    this.shown = /** @type {ShownUnits[]} */ ([])
    this.off = /** @type {Set<number>[]} */ ([])
    this.selected = /** @type {Unit | null} */ (null)
    this.pointed = /** @type {number | null} */ (null) // where the term comes from that stands out
    this.canvas.onpointermove = ({ offsetX, offsetY }) => this.pointAtLine({ x: offsetX, y: offsetY })
    this.canvas.onpointerleave = () => this.point(null)
    parent.addEventListener("pointermove", event => this.follow(event))
    parent.addEventListener("pointerleave", ({ pointerType }) => { if (pointerType === "mouse") this.card.leaveSoon() })
    parent.addEventListener("focusout", ({ relatedTarget }) => { if (!parent.contains(relatedTarget)) this.card.leaveSoon() })
    this.width = parent.clientWidth // to ask for it has the page laid out anew
    new ResizeObserver(() => {
      this.width = parent.clientWidth
      this.update()
    }).observe(parent)
  }

  /**
   * Show a network that has read an image, or rests.
   * @param {Reading} reading
   */
  show(reading) {
    if (this.reading?.network !== reading.network) {
      this.looksFor = new LooksFor(reading.network)
      this.importance = new Importance(reading.network)
    }
    this.reading = reading
    this.takeShape(reading.network.widths)
    this.update()
  }

  /**
   * Show the shape of a network whose weights are not here.
   * @param {number[]} widths of all layers.
   */
  showShape(widths) {
    this.reading = null
    this.takeShape(widths)
    this.update()
  }

  takeShape(widths) {
    if (widths.length === this.widths.length && widths.every((units, layer) => units === this.widths[layer])) return
    this.widths = widths
    const last = widths.length - 1
    this.shown = widths.map((units, layer) => new ShownUnits(layer && units, layer === last ? units : MOST_UNITS))
    this.off = widths.map(() => new Set())
    this.selected = this.pointed = null
    this.card.isPinned = false
  }

  /** Read again, for the network may have read something else meanwhile, and paint. */
  update() {
    const { width } = this
    if (!width || !this.widths.length) return
    const read = this.reading && this.read(this.reading)
    const places = this.shown.map(shown => shown.places)
    const layout = layOut(places.map(units => units.length), width)
    const lines = this.widths.map((_, layer) =>
      layer && this.reading ? linesInto(this.reading.network, layout, places, layer) : [])
    const { reading, looksFor, widths, off, selected, pointed } = this
    this.view = { reading, looksFor, widths, off, selected, pointed, places, layout, lines, ...read }
    paint(this.canvas, this.view)
    this.buttons.place(this.view)
    const isSelected = selected !== null && Boolean(reading?.image)
    this.card.show(isSelected ? this.view : null)
    this.say()
    this.answered(this.view)
  }

  read({ network, image, temperature }) {
    const probabilities = network.read(image ?? new Uint8Array(network.widths[0]), temperature, this.off)
    const answer = probabilities.indexOf(Math.max(...probabilities))
    const scores = this.importance.measure(answer)
    this.shown.forEach((shown, layer) => shown.update(scores[layer], this.kept(layer)))
    return { probabilities, answer, scores }
  }

  // What is switched off stays in sight, as do the strongest inputs of the unit that is looked at.
  kept(layer) {
    const kept = new Set(this.off[layer])
    if (this.selected?.layer === layer) kept.add(this.selected.unit)
    if (this.selected?.layer === layer + 1 && layer > 0) {
      for (const { from } of termsOf(this.reading.network, this.selected).strongest) kept.add(from)
    }
    return kept
  }

  /** @param {Unit | null} unit to be looked at. */
  select(unit) {
    this.card.stay()
    if (this.isSelected(unit)) return
    this.selected = unit
    this.pointed = null
    this.card.isPinned = false
    this.update()
  }

  isSelected(unit) {
    return unit?.layer === this.selected?.layer && unit?.unit === this.selected?.unit
  }

  // With a finger the first tap shows a unit, and the next one switches it off.
  press(unit) {
    if (this.isSelected(unit)) this.switch(unit)
    else this.select(unit)
    this.card.stay()
    this.card.isPinned = true
  }

  // What the mouse is upon: a unit, its card and its lines keep the card there.
  follow({ target, pointerType }) {
    if (pointerType !== "mouse") return
    if (this.pointed !== null || this.card.isOn(target)) this.card.stay()
    else this.card.leaveSoon()
  }

  // Whoever goes by keys keeps what they are at.
  leave() {
    if (!this.card.element.querySelector(":focus-visible")) this.select(this.buttons.focused())
  }

  dismiss() {
    if (this.card.element.contains(document.activeElement)) this.buttons.focus(this.selected)
    this.select(null)
  }

  switch({ layer, unit }) {
    if (!this.reading || layer === this.widths.length - 1) return
    const off = this.off[layer]
    if (!off.delete(unit) && off.size < MOST_UNITS) off.add(unit)
    this.update()
  }

  switchAllOn() {
    this.off.forEach(off => off.clear())
    this.update()
    this.buttons.reachable().focus({ preventScroll: true }) // its own button goes
  }

  /** @param {number | null} from the input whose term, and line, of the unit looked at stands out. */
  point(from) {
    if (this.pointed === from) return
    this.pointed = from
    this.update()
  }

  pointAtLine(point) {
    const { selected, lines } = this.view
    if (!selected) return
    let nearest = null
    let least = PIXELS_BESIDE_A_LINE
    for (const line of lines[selected.layer]) {
      const distance = line.to === selected.unit ? distanceTo(line, point) : Infinity
      if (distance < least) [nearest, least] = [line, distance]
    }
    this.point(nearest?.from ?? null)
  }

  say() {
    const count = countOff(this.off)
    const said = this.inWords(count)
    if (this.words.textContent !== said) this.words.textContent = said
    this.allOn.hidden = !count
  }

  inWords(count) {
    if (!this.reading?.image && count) return `${counted(count, "unit")} ${count === 1 ? "is" : "are"} switched off.`
    if (!this.reading) return ""
    if (!this.reading.image) return "Draw, and it moves with the pen."
    if (!count && FINGER.matches) return `${COLOURS_IN_WORDS} Tap a unit to see what it looks for; tap again to switch it off.`
    if (!count) return `${COLOURS_IN_WORDS} Point at a unit to see what it looks for; a click switches it off.`
    const { answer, probabilities } = this.view
    return `With ${counted(count, "unit")} switched off, it reads ${answer} (${probability(probabilities[answer])}).`
  }
}
