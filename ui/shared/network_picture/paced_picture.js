// The picture of a network that follows a pen, as often as there is time for it.

import { NetworkPicture } from "./network_picture.js"

const SHARE_OF_TIME = 0.35 // at most, so that the bars keep up with the pen on slow machines too
const MILLISECONDS_BETWEEN = 50

// A browser puts lines on the canvas once the script has ended, in the same task; a message comes after it.
const afterTheTask = new MessageChannel()
const onceDrawn = /** @type {(() => void)[]} */ ([])
afterTheTask.port1.onmessage = () => onceDrawn.shift()()

export class PacedPicture {
  /**
   * @param {HTMLElement} place that is empty, and the picture's alone.
   * @param {(view: import("./painting.js").View) => void} answered told what is read, in the frame that shows it.
   */
  constructor(place, answered) {
    this.place = place
    this.picture = new NetworkPicture(place, answered)
    this.waiting = /** @type {import("./network_picture.js").Reading | null} */ (null)
    this.timer = 0
    this.notBefore = 0
  }

  /** @param {number[]} widths of the layers of a network whose weights are on their way. */
  showShape(widths) {
    this.picture.showShape(widths)
  }

  /**
   * Show what a network reads; where the picture is slow, only the newest of what came meanwhile.
   * @param {import("./network_picture.js").Reading} reading
   */
  show(reading) {
    this.waiting = { ...reading, image: reading.image?.slice() ?? null }
    // Not in the frame that shows the answer: the bars are not to wait for it.
    if (!this.timer) this.wait()
  }

  wait() {
    this.timer = setTimeout(() => this.paint(), Math.max(0, this.notBefore - performance.now()))
  }

  paint() {
    const start = performance.now()
    if (start < this.notBefore) return this.wait() // the last one was slower than it seemed
    this.timer = 0
    this.picture.show(this.waiting)
    this.notBefore = start + MILLISECONDS_BETWEEN
    onceDrawn.push(() => {
      this.notBefore = Math.max(this.notBefore, start + (performance.now() - start) / SHARE_OF_TIME)
    })
    afterTheTask.port2.postMessage(null)
  }
}
