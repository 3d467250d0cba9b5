// The pixels of the drawing canvas, the stroke that the pen is drawing included.

const DRAWN = "canvas.dc-canvas.lower-canvas"
const DRAWING = "canvas.upper-canvas"

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
 * What is to be seen on the canvas at this moment.
 * @param {{ drawn: HTMLCanvasElement, drawing: HTMLCanvasElement }} canvases
 * @returns {ImageData}
 */
export function pixelsOf({ drawn, drawing }) {
  const { width, height } = drawn
  if (together.width !== width || together.height !== height) Object.assign(together, { width, height })
  context.clearRect(0, 0, width, height)
  context.drawImage(drawn, 0, 0)
  context.drawImage(drawing, 0, 0, width, height)
  return context.getImageData(0, 0, width, height)
}
