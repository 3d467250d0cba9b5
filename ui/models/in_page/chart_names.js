// The name of each curve beside its end, so that nobody has to look its colour up below the chart.

const LINE = 16
const GAP = 10
const KEY = 14 // pixels of the curve's own line before its name
const MOST = 6 // more names would stand far from their curves
const NARROWEST = 640 // pixels of a chart that has room for names
const WIDEST = 0.26 // of the chart

/**
 * How much room the names need at the right of a chart.
 * @param {CanvasRenderingContext2D} context with the font that they are written in.
 * @param {import("./chart.js").Line[]} lines
 * @param {number} width of the chart, in pixels.
 * @returns {number} 0 where the chart is narrow or has many curves: their keys below it serve.
 */
export function roomForNames(context, lines, width) {
  if (width < NARROWEST || !lines.length || lines.length > MOST) return 0
  const widest = Math.max(...lines.map(({ name }) => context.measureText(name).width))
  return Math.min(GAP + KEY + widest + 4, WIDEST * width)
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ line: import("./chart.js").Line, y: number }[]} ends of the curves, in pixels.
 * @param {{ left: number, width: number, bottom: number }} room
 * @param {(line: import("./chart.js").Line) => number} alphaOf
 */
export function paintNames(context, ends, { left, width, bottom }, alphaOf) {
  context.textAlign = "left"
  context.textBaseline = "middle"
  const colour = context.fillStyle
  for (const { line, y } of spread(ends, bottom)) {
    context.globalAlpha = alphaOf(line)
    context.strokeStyle = line.colour
    context.lineWidth = 2
    context.setLineDash(line.dash)
    context.beginPath()
    context.moveTo(left + GAP, y)
    context.lineTo(left + GAP + KEY, y)
    context.stroke()
    context.setLineDash([])
    context.fillStyle = colour
    context.fillText(shortened(context, line.name, width - GAP - KEY - 4), left + GAP + KEY + 4, y)
  }
  context.globalAlpha = 1
}

// From above to below, none upon another and none below the axis.
function spread(ends, bottom) {
  const places = [...ends].sort((one, other) => one.y - other.y).map(end => ({ ...end }))
  for (let index = 1; index < places.length; index++) {
    places[index].y = Math.max(places[index].y, places[index - 1].y + LINE)
  }
  let lowest = bottom
  for (const place of places.reverse()) {
    place.y = Math.min(place.y, lowest)
    lowest = place.y - LINE
  }
  return places
}

function shortened(context, name, width) {
  if (context.measureText(name).width <= width) return name
  let length = name.length
  while (length > 1 && context.measureText(`${name.slice(0, length)}…`).width > width) length--
  return `${name.slice(0, length).trimEnd()}…`
}
