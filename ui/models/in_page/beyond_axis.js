// A small triangle at the edge of a chart where a curve goes beyond its axis, with how far it goes.

const SIZE = 4 // pixels
const ROW = 14 // pixels
const MOST = 4 // more numbers would lie upon each other

/**
 * The point of a curve that lies furthest beyond an axis.
 * @param {{ x: number[], y: (number | null)[] }} line
 * @param {number[]} ends of the axis, the lower one first.
 * @returns {{ x: number, y: number, isAbove: boolean } | null} null where all of it is to be seen.
 */
export function furthestBeyond({ x, y }, [bottom, top]) {
  const beyond = y.map(value => (value === null ? 0 : Math.max(value - top, bottom - value)))
  const furthest = beyond.indexOf(Math.max(0, ...beyond))
  if (!(beyond[furthest] > 0)) return null
  return { x: x[furthest], y: y[furthest], isAbove: y[furthest] > top }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ colour: string, x: number, words: string, isAbove: boolean }[]} found by curve; `x` in pixels.
 * @param {{ top: number, bottom: number, middle: number }} chart its edges and its middle, in pixels.
 */
export function paintBeyond(context, found, { top, bottom, middle }) {
  const colour = context.fillStyle
  context.textBaseline = "middle"
  found.forEach(({ colour: own, x, words, isAbove }, index) => {
    const [tip, base] = isAbove ? [top + 1, top + 1 + 2 * SIZE] : [bottom - 1, bottom - 1 - 2 * SIZE]
    context.fillStyle = own
    context.beginPath()
    context.moveTo(x, tip)
    context.lineTo(x - SIZE, base)
    context.lineTo(x + SIZE, base)
    context.fill()
    if (found.length > MOST) return
    context.fillStyle = colour
    // A rim in the page's colour keeps the number apart from the curve.
    context.strokeStyle = getComputedStyle(context.canvas).getPropertyValue("--st-background-color")
    context.lineWidth = 4
    const row = found.slice(0, index).filter(each => each.isAbove === isAbove).length
    const side = x < middle ? 1 : -1
    context.textAlign = side > 0 ? "left" : "right"
    const where = [x + side * (SIZE + 4), (tip + base) / 2 + (isAbove ? 1 : -1) * ROW * row]
    context.strokeText(words, ...where)
    context.fillText(words, ...where)
  })
  context.fillStyle = colour
}
