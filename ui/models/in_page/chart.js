// Curves of several runs in one chart: the line under the pointer stands out, one cursor reads all of them.

import { make } from "../../shared/in_page/dom.js"
import { furthestBeyond, paintBeyond } from "./beyond_axis.js"
import { paintNames, roomForNames } from "./chart_names.js"
import { endsOf, ticksOf, valueAt, written } from "./scale.js"

const HEIGHT = 320
const ROOM = { left: 54, right: 12, top: 10, bottom: 40 }
const NEAR = 26 // pixels from the pointer to the line that it means
const FAINT = 0.25 // of a line beside the one that stands out
const SHARES_A_KEY = 0.02

/**
 * A curve, and how it looks; `x` rises, `y` is null where there is no number.
 * @typedef {{ id: string, name: string, colour: string, dash: number[], x: number[], y: (number | null)[],
 *   band?: { low: number[], high: number[] }, members?: string[] }} Line
 * @typedef {{ x: string, y: string, isShare: boolean }} Axes
 */

export class Chart {
  /**
   * @param {HTMLElement} place
   * @param {(x: number | null) => void} read told where the cursor is, or that it has gone.
   * @param {(x: number | null) => void} kept told where it is to stay, or that it is to go.
   */
  constructor(place, read, kept) {
    this.read = read
    this.kept = kept
    this.staysAt = /** @type {number | null} */ (null) // where the cursor stays
    this.lines = /** @type {Line[]} */ ([])
    this.axes = { x: "", y: "", isShare: false }
    this.cursor = /** @type {number | null} */ (null)
    this.outstanding = /** @type {string | null} */ (null)
    this.frame = 0
    // What a pointer does not change is painted once: twenty curves with their dots take longer than a frame.
    this.isStale = true
    this.axesLayer = document.createElement("canvas")
    this.curvesLayer = document.createElement("canvas")
    this.canvas = make("canvas.runs-canvas", { tabIndex: 0, role: "img", title: "A click keeps the cursor there, also in the link; another one lets it go" })
    this.canvas.onclick = ({ offsetX }) => this.click(offsetX)
    this.canvas.onpointermove = ({ offsetX, offsetY }) => this.point(offsetX, offsetY)
    this.canvas.onpointerleave = () => this.leave()
    this.canvas.onkeydown = event => this.press(event)
    this.canvas.onblur = () => this.leave()
    place.append(this.canvas)
    this.observer = new ResizeObserver(() => this.drawAnew())
    this.observer.observe(this.canvas)
    const theme = new MutationObserver(() => (place.isConnected ? this.drawAnew() : theme.disconnect()))
    theme.observe(document.documentElement, { attributes: true })
  }

  /**
   * @param {Line[]} lines that are seen.
   * @param {Axes} axes
   * @param {string} description for those who cannot see the chart.
   */
  show(lines, axes, description) {
    this.lines = lines
    this.axes = axes
    this.canvas.ariaLabel = description
    this.drawAnew()
  }

  /** Have the cursor stay at a place; null for none. */
  keep(x) {
    this.staysAt = this.cursor = x
  }

  /** Have a run's line stand out; null for none. */
  standOut(id) {
    if (this.outstanding === id) return
    this.outstanding = id
    this.draw()
  }

  point(offsetX, offsetY) {
    const x = this.fromPixels(offsetX)
    this.cursor = x
    const near = this.lines.map(line => {
      const y = valueAt(line, x)
      return { id: line.id, distance: y === null ? Infinity : Math.abs(this.yPixel(y) - offsetY) }
    }).sort((one, other) => one.distance - other.distance)[0]
    this.outstanding = near && near.distance < NEAR ? near.id : null
    this.read(x)
    this.draw()
  }

  click(offsetX) {
    const isThere = this.staysAt !== null && Math.abs(this.xPixel(this.staysAt) - offsetX) < NEAR / 2
    this.keep(isThere ? null : this.fromPixels(offsetX))
    this.kept(this.staysAt)
    this.draw()
  }

  press(event) {
    if (event.key === "Enter" && this.cursor !== null) this.click(this.xPixel(this.cursor))
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!step || !this.lines.length) return
    event.preventDefault()
    const [from, to] = this.ends.x
    const before = this.cursor ?? (step > 0 ? from : to)
    this.cursor = Math.min(to, Math.max(from, before + step * SHARES_A_KEY * (to - from)))
    this.read(this.cursor)
    this.draw()
  }

  leave() {
    this.outstanding = null
    this.cursor = this.staysAt
    this.read(this.cursor)
    this.draw()
  }

  drawAnew() {
    this.isStale = true
    this.draw()
  }

  draw() {
    this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paint() })
  }

  paint() {
    if (!this.canvas.clientWidth) return
    if (this.isStale) this.paintLayers()
    const outstanding = this.lines.find(({ id }) => id === this.outstanding)
    const alphaOf = line => (!outstanding || line === outstanding ? 1 : FAINT)
    const context = this.canvas.getContext("2d")
    context.resetTransform()
    context.clearRect(0, 0, this.canvas.width, this.canvas.height)
    context.drawImage(this.axesLayer, 0, 0)
    context.globalAlpha = outstanding ? FAINT : 1
    context.drawImage(this.curvesLayer, 0, 0)
    context.globalAlpha = 1
    this.write(context)
    if (outstanding) this.paintLines(context, [outstanding])
    paintBeyond(context, this.beyond, { top: ROOM.top, bottom: HEIGHT - ROOM.bottom, middle: this.size.width / 2 })
    if (this.right > ROOM.right) this.nameLines(context, alphaOf)
    if (this.cursor !== null && this.cursor <= this.ends.x[1]) this.paintCursor(context)
  }

  paintLayers() {
    this.isStale = false
    const { clientWidth: width } = this.canvas
    this.density = window.devicePixelRatio || 1
    this.size = { width, height: HEIGHT }
    const style = getComputedStyle(this.canvas)
    this.ink = { font: `12px ${style.fontFamily}`, colour: style.color, border: style.getPropertyValue("--st-border-color") }
    this.ends = endsOf(this.lines, this.axes.isShare)
    const [, axes, curves] = [this.canvas, this.axesLayer, this.curvesLayer].map(canvas => {
      Object.assign(canvas, { width: Math.round(width * this.density), height: Math.round(HEIGHT * this.density) })
      const context = canvas.getContext("2d")
      this.write(context)
      return context
    })
    this.right = Math.max(ROOM.right, roomForNames(axes, this.lines, width))
    this.beyond = this.lines.flatMap(line => {
      const point = furthestBeyond(line, this.ends.y)
      if (!point) return []
      return [{ ...point, colour: line.colour, x: this.xPixel(point.x), words: written(point.y, this.axes.isShare) }]
    })
    this.paintAxes(axes)
    this.paintLines(curves, this.lines)
  }

  // Have a context speak in CSS pixels, and write as the page does.
  write(context) {
    context.setTransform(this.density, 0, 0, this.density, 0, 0)
    context.font = this.ink.font
    context.fillStyle = this.ink.colour
  }

  paintLines(context, lines) {
    const { width, height } = this.size
    context.save()
    context.beginPath()
    context.rect(ROOM.left, ROOM.top, width - ROOM.left - this.right, height - ROOM.top - ROOM.bottom)
    context.clip()
    for (const line of lines) this.paintLine(context, line)
    context.restore()
  }

  paintAxes(context) {
    context.strokeStyle = this.ink.border
    context.lineWidth = 1
    const { width, height } = this.size
    const horizontal = ticksOf(this.ends.y, 5, this.axes.isShare)
    context.textAlign = "right"
    context.textBaseline = "middle"
    for (const { value, words } of horizontal) {
      const y = Math.round(this.yPixel(value)) + 0.5
      stroke(context, [[ROOM.left, y], [width - this.right, y]])
      context.fillText(words, ROOM.left - 6, y)
    }
    context.textAlign = "center"
    context.textBaseline = "top"
    for (const { value, words } of ticksOf(this.ends.x, width < 500 ? 4 : 8, false)) {
      context.fillText(words, this.xPixel(value), height - ROOM.bottom + 6)
    }
    context.fillText(this.axes.x, (ROOM.left + width - this.right) / 2, height - 16)
  }

  paintLine(context, { id, colour, dash, x, y, band }) {
    context.strokeStyle = context.fillStyle = colour
    if (band) this.paintBand(context, x, band)
    context.lineWidth = id === this.outstanding ? 3.5 : 2
    context.setLineDash(dash)
    context.beginPath()
    let isDown = false
    x.forEach((each, index) => {
      const value = y[index]
      if (value === null) isDown = false
      else if (isDown) context.lineTo(this.xPixel(each), this.yPixel(value))
      else {
        context.moveTo(this.xPixel(each), this.yPixel(value))
        isDown = true
      }
    })
    context.stroke()
    context.setLineDash([])
    if (x.length < 60) x.forEach((each, index) => y[index] !== null && this.dot(context, each, y[index]))
  }

  nameLines(context, alphaOf) {
    const [top, bottom] = [ROOM.top, HEIGHT - ROOM.bottom]
    const ends = this.lines.flatMap(line => {
      const value = line.y.findLast(each => each !== null)
      if (value === null || value === undefined) return []
      return [{ line, y: Math.min(bottom, Math.max(top, this.yPixel(value))) }]
    })
    paintNames(context, ends, { left: this.size.width - this.right, width: this.right, bottom }, alphaOf)
  }

  paintBand(context, x, { low, high }) {
    context.globalAlpha = 0.18
    context.beginPath()
    x.forEach((each, index) => context.lineTo(this.xPixel(each), this.yPixel(high[index])))
    for (let index = x.length - 1; index >= 0; index--) context.lineTo(this.xPixel(x[index]), this.yPixel(low[index]))
    context.fill()
    context.globalAlpha = 1
  }

  paintCursor(context) {
    const x = this.xPixel(this.cursor)
    context.strokeStyle = this.ink.colour
    context.lineWidth = 1
    stroke(context, [[x, ROOM.top], [x, this.size.height - ROOM.bottom]])
    for (const line of this.lines) {
      const y = valueAt(line, this.cursor)
      context.fillStyle = line.colour
      if (y !== null) this.dot(context, this.cursor, y, 4)
    }
  }

  dot(context, x, y, radius = 2.5) {
    context.beginPath()
    context.arc(this.xPixel(x), this.yPixel(y), radius, 0, 2 * Math.PI)
    context.fill()
  }

  xPixel(x) {
    const [from, to] = this.ends.x
    return ROOM.left + ((x - from) / (to - from)) * (this.size.width - ROOM.left - this.right)
  }

  yPixel(y) {
    const [bottom, top] = this.ends.y
    return ROOM.top + ((top - y) / (top - bottom)) * (this.size.height - ROOM.top - ROOM.bottom)
  }

  fromPixels(offsetX) {
    const [from, to] = this.ends.x
    const share = (offsetX - ROOM.left) / (this.size.width - ROOM.left - this.right)
    return from + Math.min(1, Math.max(0, share)) * (to - from)
  }
}

function stroke(context, points) {
  context.beginPath()
  for (const [x, y] of points) context.lineTo(x, y)
  context.stroke()
}
