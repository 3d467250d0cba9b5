// A ready-made network that reads: first a drawing that draws itself, then what the visitor draws in its place.

import { loadDetector } from "../shared/in_page/doubt.js"
import { write } from "../shared/in_page/dom.js"
import { DrawingPad } from "../shared/in_page/drawing_pad.js"
import { Network } from "../shared/in_page/forward.js"
import { untilIdle } from "../shared/in_page/idle.js"
import { loadWeights } from "../shared/in_page/weights.js"
import { aDigit, counted, probability } from "../shared/in_page/words.js"
import { countOff } from "../shared/network_picture/network_picture.js"
import { PacedPicture } from "../shared/network_picture/paced_picture.js"
import { STROKE } from "./greeting_drawing.js"

const SIDE = 240
const BRUSH = 15
const MILLISECONDS_TO_DRAW = 2400
const STILL = matchMedia("(prefers-reduced-motion: reduce)")
const NOW_YOU = "Now you: draw a digit here."
const WHAT_NEXT = "Another one? Clear it. Or train your own network."
const greetings = new WeakMap()

/**
 * The network that reads, as the server offers it.
 * @typedef {{ address: string, widths: number[], activation: string, temperature: number,
 *   detector: import("../shared/in_page/doubt.js").Detector }} Offer
 */

/**
 * Greet in an element of the page, once.
 * @param {HTMLElement} place
 * @param {Offer} offer
 * @param {() => void} greeted called once that is done, or cannot be.
 */
export function greet(place, offer, greeted) {
  if (greetings.has(place)) return
  const greeting = new Greeting(place, offer)
  greetings.set(place, greeting)
  greeting.begin().then(greeted)
}

class Greeting {
  constructor(place, offer) {
    Object.assign(this, { place, offer, network: null, isDrawing: false })
    this.pad = new DrawingPad("canvas.greeting-pad", SIDE, BRUSH, image => this.read(image), image => this.lift(image))
    this.pad.canvas.addEventListener("pointerdown", () => this.makeRoom(), { capture: true })
    this.picture = new PacedPicture(this.find("network"), view => this.answer(view))
    this.find("clear").onclick = () => this.clear()
  }

  find(part) {
    return this.place.querySelector(`.greeting-${part}`)
  }

  async begin() {
    this.picture.showShape(this.offer.widths)
    if (this.pad.isUseless) return this.invite("This browser keeps drawings to itself. On Draw, the server reads them.")
    this.find("paper").append(this.pad.canvas)
    this.invite("A network is on its way …")
    try {
      await untilIdle()
      const { address, widths, activation } = this.offer
      this.network = new Network(await loadWeights(address, widths), widths, activation)
    } catch {
      return this.invite("The network did not arrive. On Draw, the server reads.")
    }
    if (this.pad.isInk) this.lift(this.pad.read())
    else await new Promise(resolve => this.demonstrate(resolve))
  }

  // The drawing draws itself, once; whoever puts the pen down has the paper.
  demonstrate(done) {
    this.invite("Draw here whenever you like.")
    this.isDrawing = true
    this.find("reading").ariaBusy = "true" // or a screen reader would speak without end
    const start = performance.now()
    let drawn = 0
    const draw = now => {
      if (!this.isDrawing || !this.place.isConnected) return done()
      const share = STILL.matches ? 1 : Math.min(1, (now - start) / MILLISECONDS_TO_DRAW)
      while (drawn < share * STROKE.length) this.pad.draw(STROKE[drawn++], drawn === 1)
      if (share < 1) requestAnimationFrame(draw)
      else done(this.rest())
      this.read(this.pad.read())
    }
    requestAnimationFrame(draw)
  }

  rest() {
    this.isDrawing = false
    this.pad.isInk = false // the next stroke begins a drawing of its own
    this.find("reading").ariaBusy = "false"
    this.invite(NOW_YOU)
  }

  makeRoom() {
    if (this.isDrawing) this.rest()
    this.askForDoubt()
  }

  // Only whoever draws needs it.
  async askForDoubt() {
    if (this.doubt) return
    this.doubt = () => undefined // until it is here, or where it cannot be had
    this.doubt = await loadDetector(this.offer.detector).catch(() => this.doubt)
    if (this.pad.isInk && !this.pad.isDown) this.lift(this.pad.read())
  }

  clear() {
    this.makeRoom()
    this.pad.wipe()
    this.read(null)
    this.invite(NOW_YOU)
  }

  lift(image) {
    this.read(image)
    if (!this.network || !image) return
    this.invite(this.doubt?.(image) ?? WHAT_NEXT)
  }

  read(image) {
    if (!this.network) return
    this.picture.show({ network: this.network, image, temperature: this.offer.temperature })
  }

  // What the picture reads, and not before it is seen: with units switched off there is no other answer.
  answer({ reading, answer, probabilities, off }) {
    const isRead = Boolean(reading?.image)
    const begins = this.isDrawing || this.pad.isDown ? "So far it" : "It" // reads half a digit, and may be sure of it
    const who = countOff(off) ? `With ${counted(countOff(off), "unit")} off it` : begins
    write(this.find("digit"), isRead ? String(answer) : "")
    write(this.find("words"), isRead ? `${who} reads ${aDigit(answer)} and is ${probability(probabilities[answer])} sure` : "")
  }

  invite(words) {
    write(this.find("invitation"), words)
  }
}
