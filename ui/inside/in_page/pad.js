// The visitor's own drawing beside a view that shows what the network makes of it.

import { DrawingPad } from "../../shared/in_page/drawing_pad.js"
import { make, picture } from "./dom.js"

const SIDE = 176
const BRUSH = 10

/** The drawing of one view; all pads of a source show the same. */
export class Pad {
  /**
   * @param {import("./source.js").Source} source keeps the drawing, [784], or null.
   * @param {(image: Uint8Array | null) => void} moved called in each frame in which the pen moved, and at rest.
   * @param {(image: Uint8Array | null) => void} [rested] called when the pen is lifted.
   */
  constructor(source, moved, rested = () => {}) {
    Object.assign(this, { source, moved, rested })
    this.pad = new DrawingPad("canvas.inside-pad", SIDE, BRUSH, moved, image => {
      source.draw(image?.slice() ?? null, this)
      this.tell(image)
    })
    this.isUseless = this.pad.isUseless
    const clear = make("button.inside-button", { type: "button", textContent: "Clear", onclick: () => source.draw(null) })
    this.element = make("div.inside-own-drawing", {}, this.pad.canvas, make("div", {}, make("p.inside-small", { textContent: "Draw a digit of your own." }), clear))
    this.element.hidden = this.isUseless
    source.pads.add(this)
  }

  /** Show the drawing of the source, and tell of it. */
  show() {
    const image = this.source.drawing
    if (image) this.pad.show(picture(image))
    else this.pad.wipe()
    this.tell(image)
  }

  tell(image) {
    this.moved(image)
    this.rested(image)
  }
}
