// A button upon each unit of the picture: to be pointed at, tapped, and reached with the keyboard.

const LARGEST_WIDTH = 44
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/** The buttons; one of them can be reached with Tab, the others from there with the arrow keys. */
export class UnitButtons {
  /**
   * @param {HTMLElement} parent
   * @param {object} actions
   * @param {(unit: import("./network_picture.js").Unit | null) => void} actions.select look at a unit.
   * @param {(unit: import("./network_picture.js").Unit) => void} actions.press
   */
  constructor(parent, { select, press }) {
    this.group = parent.appendChild(document.createElement("div"))
    this.group.className = "network-units"
    this.group.role = "group"
    this.group.ariaLabel = "Units of the network. The arrow keys lead from one to the next, Enter switches it off or on."
    this.select = select
    this.press = press
    this.units = new WeakMap()
  }

  /**
   * Put the buttons where the units are.
   * @param {import("./painting.js").View} view
   */
  place(view) {
    const placed = view.places.flatMap((units, layer) => units.map((unit, place) => ({ layer, unit, place })))
    const { group } = this
    while (group.children.length > placed.length) group.lastChild.remove()
    while (group.children.length < placed.length) group.append(this.made())
    placed.forEach((unit, index) => {
      const button = group.children[index]
      const style = styleOf(unit, view)
      const label = labelOf(unit, view)
      this.units.set(button, unit)
      if (button.dataset.style !== style) button.style.cssText = button.dataset.style = style
      if (button.ariaLabel !== label) button.ariaLabel = label
      const isSelected = view.selected?.layer === unit.layer && view.selected.unit === unit.unit
      button.tabIndex = isSelected || (!view.selected && index === 0) ? 0 : -1
    })
  }

  /** @returns {import("./network_picture.js").Unit | null} that the keyboard is at. */
  focused() {
    return this.units.get(this.group.querySelector(":focus-visible")) ?? null
  }

  /** @returns {HTMLButtonElement} the one that Tab leads to. */
  reachable() {
    return this.group.querySelector("[tabindex='0']")
  }

  /** @param {import("./network_picture.js").Unit} unit that the keyboard goes to. */
  focus({ layer, unit }) {
    const isIt = button => this.units.get(button).layer === layer && this.units.get(button).unit === unit
    ;[...this.group.children].find(isIt)?.focus({ preventScroll: true })
  }

  made() {
    const button = document.createElement("button")
    button.type = "button"
    button.onpointerenter = ({ pointerType }) => { if (pointerType === "mouse") this.select(this.units.get(button)) }
    button.onfocus = () => { if (button.matches(":focus-visible")) this.select(this.units.get(button)) }
    button.onclick = () => this.press(this.units.get(button))
    button.onkeydown = event => this.move(event, this.units.get(button))
    return button
  }

  move(event, { layer, place }) {
    const [layers, places] = STEPS[event.key] ?? []
    if (layers === undefined) return
    event.preventDefault()
    const column = [...this.group.children].filter(button => this.units.get(button).layer === layer + layers)
    column[Math.max(0, Math.min(column.length - 1, place + places))]?.focus()
  }
}

function styleOf({ layer, place }, { layout, widths }) {
  const { x, ys } = layout.columns[layer]
  const height = layout.tile + 4
  const between = widths.length > 3 ? layout.columns[2].x - layout.columns[1].x : LARGEST_WIDTH
  const isOutput = layer === widths.length - 1
  const width = isOutput ? layout.tile + layout.bar + 4 : Math.min(LARGEST_WIDTH, between)
  const left = x - (isOutput ? layout.tile : width) / 2
  return `left:${left}px;top:${ys[place] - height / 2}px;width:${width}px;height:${height}px`
}

function labelOf({ layer, unit }, { widths, off }) {
  if (layer === widths.length - 1) return `Output for the digit ${unit}`
  return `Layer ${layer}, unit ${unit + 1}${off[layer].has(unit) ? ", switched off" : ""}`
}
