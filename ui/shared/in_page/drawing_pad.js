// A small canvas to draw a digit on, which is prepared in the page while the pen moves.

import { isBlurred } from "./blurred.js"
import { make } from "./dom.js"
import { IMAGE_SIDE, prepare } from "./prepare.js"

const [INK, PAPER] = ["#ffffff", "#10161d"] // as on Draw

export class DrawingPad {
  /**
   * @param {string} name of the canvas, as `make` takes it.
   * @param {number} side of the canvas, in pixels; the style sheet may show it smaller.
   * @param {number} brush width of the pen, in pixels.
   * @param {(image: Uint8Array | null) => void} moved called in each frame in which the pen moved.
   * @param {(image: Uint8Array | null) => void} [rested] called when the pen is lifted.
   */
  constructor(name, side, brush, moved, rested = () => {}) {
    Object.assign(this, { side, brush, moved, rested, isDown: false, isInk: false, frame: 0 })
    this.image = new Uint8Array(IMAGE_SIDE ** 2)
    this.canvas = make(name, { width: side, height: side, role: "img", ariaLabel: "Draw a digit here, with the mouse or a finger" })
    this.context = this.canvas.getContext("2d", { willReadFrequently: true })
    this.isUseless = isBlurred() // this browser tells nobody what was drawn
    this.canvas.onpointerdown = event => this.down(event)
    this.canvas.onpointermove = event => this.move(event)
    this.canvas.onpointerup = this.canvas.onpointercancel = () => this.up()
    this.wipe()
  }

  wipe() {
    this.isInk = false
    this.context.fillStyle = PAPER
    this.context.fillRect(0, 0, this.side, this.side)
  }

  /** @param {HTMLCanvasElement} picture in place of ink: the next stroke begins a new drawing. */
  show(picture) {
    this.wipe()
    this.context.imageSmoothingEnabled = false
    this.context.drawImage(picture, 0, 0, this.side, this.side)
  }

  /** @returns {Uint8Array | null} what was drawn, as the network sees it, [784]; null for nothing. */
  read() {
    const { data } = this.context.getImageData(0, 0, this.side, this.side)
    return prepare(data, this.side, this.side, this.image) ? this.image : null
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
    this.rested(this.read())
  }

  place({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect()
    return [(clientX - left) * this.side / width, (clientY - top) * this.side / height]
  }

  /**
   * Go on with a stroke that no pointer draws; nobody is told.
   * @param {[number, number]} place to which it goes, as shares of the side.
   * @param {boolean} isFirst whether it begins there.
   */
  draw([x, y], isFirst) {
    const to = [x * this.side, y * this.side]
    this.isInk = true
    if (isFirst) this.last = to
    this.line(to)
  }

  line(to) {
    Object.assign(this.context, { strokeStyle: INK, lineWidth: this.brush, lineCap: "round", lineJoin: "round" })
    this.context.beginPath()
    this.context.moveTo(...this.last)
    this.context.lineTo(...to)
    this.context.stroke()
    this.last = to
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      if (this.isDown) this.moved(this.read())
    })
  }
}
