// The card of the unit that is looked at. It floats beside the unit, so that nothing else moves for it.

import { OutputPanel } from "./output_panel.js"
import { UnitPanel } from "./unit_panel.js"

const GAP = 8
const HEADER = 60 // pixels of the page's own, below which nothing can be seen
const LEAST_HEIGHT = 160
const MILLISECONDS_TO_REACH_IT = 300

/** What is said of a unit; there until it is left, or where it was pressed until it is sent away. */
export class UnitCard {
  /**
   * @param {HTMLElement} parent the picture, in which it stands.
   * @param {object} actions
   * @param {(from: number | null) => void} actions.point have the line of a term stand out.
   * @param {() => void} actions.press switch the unit off or on.
   * @param {() => void} actions.leave nobody points at the unit or at the card any more.
   * @param {() => void} actions.dismiss it has been sent away.
   */
  constructor(parent, { point, press, leave, dismiss }) {
    Object.assign(this, { parent, leave, dismiss, isPinned: false, timer: 0, anchor: "" })
    this.element = parent.appendChild(document.createElement("section"))
    this.element.className = "network-card"
    this.element.ariaLabel = "The unit that is looked at"
    this.element.hidden = true
    this.unitPanel = new UnitPanel(this.element, { point, press })
    this.outputPanel = new OutputPanel(this.element)
    this.hearKey = event => {
      if (event.key !== "Escape") return
      event.preventDefault() // what the picture stands in stays open
      event.stopPropagation()
      this.dismiss()
    }
    this.hearClick = ({ target }) => {
      if (!parent.isConnected || !this.isOn(target)) this.dismiss()
    }
  }

  /** Whether an element is the card, a unit, or in one of them. */
  isOn(element) {
    return this.parent.contains(element) && Boolean(element.closest(".network-card, .network-units button"))
  }

  /** @param {import("./painting.js").View | null} view null where no unit is looked at. */
  show(view) {
    const isOutput = view?.selected.layer === view?.widths.length - 1
    this.unitPanel.show(view)
    this.outputPanel.show(view && isOutput ? view : null)
    if (this.element.hidden !== (view === null)) this.appear(view !== null)
    if (view) this.place(view, isOutput)
  }

  appear(isThere) {
    this.element.hidden = !isThere
    this.anchor = ""
    const change = isThere ? "addEventListener" : "removeEventListener"
    document[change]("keydown", this.hearKey, true)
    document[change]("click", this.hearClick, true)
  }

  // Beside the unit where the picture has room for it, or else below or above it, where it is in sight.
  place({ selected: { layer, unit }, places, layout }, isOutput) {
    const { x, ys } = layout.columns[layer]
    const y = ys[places[layer].indexOf(unit)]
    const anchor = `${isOutput} ${x} ${y} ${layout.width}`
    if (anchor === this.anchor) return
    this.anchor = anchor
    const { style } = this.element
    style.maxHeight = "none"
    const { offsetWidth: width, offsetHeight: height } = this.element
    const half = layout.tile / 2 + GAP
    const isRight = x + half + width <= layout.width
    const top = Math.min(y - layout.top, layout.height - height)
    // As far to the left as can be, so that the lines into the unit are in sight.
    if (isRight || width <= x - half) this.put(isRight ? x + half : 0, top, layout.height)
    else this.putBelowOrAbove(Math.max(0, Math.min(x - width / 2, layout.width - width)), y, half, height)
  }

  put(left, top, room) {
    Object.assign(this.element.style, { left: `${left}px`, top: `${Math.max(0, top)}px`, maxHeight: `${room}px` })
  }

  putBelowOrAbove(left, y, half, height) {
    const unit = this.parent.getBoundingClientRect().top + y
    const below = innerHeight - GAP - unit - half
    const above = unit - half - HEADER
    const isBelow = height <= below || below >= above
    const room = Math.max(LEAST_HEIGHT, isBelow ? below : above)
    const top = isBelow ? y + half : y - half - Math.min(height, room)
    Object.assign(this.element.style, { left: `${left}px`, top: `${top}px`, maxHeight: `${room}px` })
  }

  stay() {
    clearTimeout(this.timer)
    this.timer = 0
  }

  // There is time to go over to the card.
  leaveSoon() {
    if (this.isPinned || this.element.hidden) return
    this.timer ||= setTimeout(() => {
      this.timer = 0
      this.leave()
    }, MILLISECONDS_TO_REACH_IT)
  }
}
