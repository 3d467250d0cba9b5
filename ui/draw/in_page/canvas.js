// The pixels of the drawing canvas, the stroke that the pen is drawing included.

const DRAWN = "canvas.dc-canvas.lower-canvas"
const DRAWING = "canvas.upper-canvas"

const BROADEST_REACH = 0.08 // of a brush around its point, as a share of the canvas' side; the thick one's is 0.04
const BENT_BY_THE_NEXT = 2 // points: the line through them is not there before the one after them

const together = document.createElement("canvas")
const context = together.getContext("2d", { willReadFrequently: true })

/** The canvases of the drawing, below and above; null while there is none. */
export function findCanvases() {
  for (const { shadowRoot } of document.querySelectorAll(".st-key-pad [data-testid=stBidiComponentIsolated]")) {
    const drawn = shadowRoot?.querySelector(DRAWN)
    const drawing = shadowRoot?.querySelector(DRAWING)
    if (drawn && drawing) return { drawn, drawing }
  }
  return null
}

/**
 * Whether an event of the pointer is on the drawing canvas.
 * @param {PointerEvent} event
 */
export function isOnCanvas(event) {
  const [innermost] = event.composedPath()
  return innermost instanceof Element && innermost.matches(DRAWING) && event.target.closest(".st-key-pad") !== null
}

/**
 * What is to be seen on a canvas while a stroke is drawn on it. It changes only around the pen's last points, and no
 * more than that is read anew: to read all of it takes longer than the network does.
 */
export class StrokePixels {
  /** @param {{ drawn: HTMLCanvasElement, drawing: HTMLCanvasElement }} canvases */
  constructor(canvases) {
    this.canvases = canvases
    this.image = /** @type {ImageData | null} */ (null)
    this.points = /** @type {[number, number][]} */ ([]) // of the canvas, in its pixels, since the last reading
  }

  /** @param {PointerEvent} event of the pen. */
  moveTo({ clientX, clientY }) {
    const { drawn, drawing } = this.canvases
    const box = drawing.getBoundingClientRect() // asked for here, where nothing has changed yet that it had to wait for
    this.points.push([
      ((clientX - box.left) * drawn.width) / box.width,
      ((clientY - box.top) * drawn.height) / box.height,
    ])
  }

  /** @returns {ImageData} what is to be seen now, valid until the next reading. */
  read() {
    const { width, height } = this.canvases.drawn
    if (this.image?.width !== width || this.image.height !== height) this.readAll(width, height)
    else this.readAround(this.aroundPoints())
    this.points = this.points.slice(-BENT_BY_THE_NEXT)
    return this.image
  }

  readAll(width, height) {
    Object.assign(together, { width, height }) // which empties it too
    this.paint()
    this.image = context.getImageData(0, 0, width, height)
  }

  readAround({ left, top, width, height }) {
    if (width <= 0 || height <= 0) return
    context.save()
    context.beginPath()
    context.rect(left, top, width, height)
    context.clip()
    context.clearRect(left, top, width, height)
    this.paint()
    context.restore()
    const { data } = context.getImageData(left, top, width, height)
    for (let row = 0; row < height; row++) {
      const start = 4 * row * width
      this.image.data.set(data.subarray(start, start + 4 * width), 4 * ((top + row) * this.image.width + left))
    }
  }

  paint() {
    const { drawn, drawing } = this.canvases
    context.drawImage(drawn, 0, 0)
    context.drawImage(drawing, 0, 0, drawn.width, drawn.height)
  }

  aroundPoints() {
    const { width, height } = this.canvases.drawn
    const span = (places, pixels) => {
      const reach = BROADEST_REACH * pixels
      const first = Math.max(Math.floor(Math.min(...places) - reach), 0)
      return [first, Math.min(Math.ceil(Math.max(...places) + reach), pixels) - first]
    }
    const [left, columns] = span(this.points.map(([x]) => x), width)
    const [top, rows] = span(this.points.map(([, y]) => y), height)
    return { left, top, width: columns, height: rows }
  }
}
