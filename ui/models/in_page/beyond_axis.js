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
 * @param {number[]} edges of the chart, the upper one first, in pixels.
 */
export function paintBeyond(context, found, [top, bottom]) {
  const colour = context.fillStyle
  context.textAlign = "left"
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
    const where = [x + SIZE + 4, (tip + base) / 2 + (isAbove ? 1 : -1) * ROW * row]
    context.strokeText(words, ...where)
    context.fillText(words, ...where)
  })
}
