// A small canvas to draw on, beside a view that shows what the network makes of the drawing.

import { isBlurred } from "../../shared/in_page/blurred.js"
import { make, picture } from "./dom.js"
import { IMAGE_SIDE, prepare } from "../../shared/in_page/prepare.js"

const SIDE = 176
const BRUSH = 10
const [INK, PAPER] = ["#ffffff", "#10161d"] // as on Draw

/** The drawing of one view; all pads of a source show the same. */
export class Pad {
  /**
   * @param {import("./source.js").Source} source keeps the drawing, [784], or null.
   * @param {(image: Uint8Array | null) => void} moved called in each frame in which the pen moved, and at rest.
   * @param {(image: Uint8Array | null) => void} [rested] called when the pen is lifted.
   */
  constructor(source, moved, rested = () => {}) {
    Object.assign(this, { source, moved, rested, isDown: false, isAsked: false, isInk: false })
    this.image = new Uint8Array(IMAGE_SIDE ** 2)
    this.canvas = make("canvas.inside-pad", { width: SIDE, height: SIDE, role: "img", ariaLabel: "Draw a digit here, with the mouse or a finger" })
    this.context = this.canvas.getContext("2d", { willReadFrequently: true })
    const clear = make("button.inside-button", { type: "button", textContent: "Clear", onclick: () => source.draw(null) })
    this.element = make("div.inside-own-drawing", {}, this.canvas, make("div", {}, make("p.inside-small", { textContent: "Draw a digit of your own." }), clear))
    this.isUseless = isBlurred() // this browser tells nobody what was drawn
    this.element.hidden = this.isUseless
    this.canvas.onpointerdown = event => this.down(event)
    this.canvas.onpointermove = event => this.move(event)
    this.canvas.onpointerup = this.canvas.onpointercancel = () => this.up()
    source.pads.add(this)
  }

  /** Show the drawing of the source, and tell of it. */
  show() {
    this.wipe()
    const image = this.source.drawing
    this.isInk = false // a picture of 28 by 28 is not drawn on: the first stroke is a new drawing
    if (image) {
      this.context.imageSmoothingEnabled = false
      this.context.drawImage(picture(image), 0, 0, SIDE, SIDE)
    }
    this.moved(image)
    this.rested(image)
  }

  wipe() {
    this.context.fillStyle = PAPER
    this.context.fillRect(0, 0, SIDE, SIDE)
  }

  down(event) {
    if (!this.isInk) this.wipe()
    this.isDown = this.isInk = true
    this.canvas.setPointerCapture(event.pointerId)
    this.last = this.place(event)
    this.line(this.last)
  }

  move(event) {
    if (!this.isDown) return
    const events = event.getCoalescedEvents?.() ?? []
    for (const each of events.length ? events : [event]) this.line(this.place(each))
  }

  up() {
    if (!this.isDown) return
    this.isDown = false
    const image = this.read()
    this.source.draw(image?.slice() ?? null, this)
    this.moved(image)
    this.rested(image)
  }

  place({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect()
    return [(clientX - left) * SIDE / width, (clientY - top) * SIDE / height]
  }

  line(to) {
    Object.assign(this.context, { strokeStyle: INK, lineWidth: BRUSH, lineCap: "round", lineJoin: "round" })
    this.context.beginPath()
    this.context.moveTo(...this.last)
    this.context.lineTo(...to)
    this.context.stroke()
    this.last = to
    if (this.isAsked) return
    this.isAsked = true
    requestAnimationFrame(() => {
      this.isAsked = false
      if (this.isDown) this.moved(this.read())
    })
  }

  read() {
    const { data } = this.context.getImageData(0, 0, SIDE, SIDE)
    return prepare(data, SIDE, SIDE, this.image) ? this.image : null
  }
}
