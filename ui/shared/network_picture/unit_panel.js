// What a unit looks for, and its sum written out with its own numbers.

import { paintSigned, signedColours } from "../in_page/signed_picture.js"
import { activationInWords } from "./activations.js"
import { largest } from "./importance.js"
import { placesInWords } from "./looks_for.js"

const TERMS = 6

/**
 * The sum of a unit, term by term.
 * @param {import("../in_page/forward.js").Network} network that has read an image.
 * @param {import("./network_picture.js").Unit} unit
 * @returns {{ strongest: { from: number, input: number, weight: number, term: number }[], others: number,
 *   rest: number, bias: number, sum: number }} `others` is how many terms `rest` sums up.
 */
export function termsOf(network, { layer, unit }) {
  const { kernel, bias } = network.dense[layer - 1]
  const units = network.widths[layer]
  const inputs = network.layers[layer - 1]
  const terms = inputs.map((input, from) => input && input * kernel[from * units + unit])
  const strongest = largest(terms, TERMS).map(from => (
    { from, input: inputs[from], weight: kernel[from * units + unit], term: terms[from] }))
  const counted = terms.reduce((count, term) => count + (term !== 0), 0)
  const sum = network.sums[layer][unit]
  const rest = sum - bias[unit] - strongest.reduce((total, { term }) => total + term, 0)
  return { strongest, others: counted - strongest.length, rest, bias: bias[unit], sum }
}

/** Of the card of a unit: what it looks for, and its sum. */
export class UnitPanel {
  /**
   * @param {HTMLElement} parent
   * @param {object} actions
   * @param {(from: number | null) => void} actions.point have the line of a term stand out.
   * @param {() => void} actions.press switch the unit off or on.
   */
  constructor(parent, { point, press }) {
    this.element = parent.appendChild(document.createElement("section"))
    this.element.className = "network-unit-panel"
    this.element.innerHTML = `<figure><canvas width="28" height="28" aria-hidden="true"></canvas>
      <figcaption><h4></h4><span></span></figcaption></figure>
      <small><span></span><b>Blue</b>: ink here speaks for it; <b>orange</b>: against. <span></span></small><table><caption>In this image</caption><tbody></tbody></table><p></p><button type="button"></button>`
    this.find = selector => this.element.querySelector(selector)
    this.find("button").onclick = press
    this.point = point
    this.rows = []
    this.element.onpointerleave = () => point(null)
  }

  /** @param {import("./painting.js").View | null} view null where no unit is looked at. */
  show(view) {
    if (this.element.hidden !== (view === null)) this.element.hidden = view === null
    if (!view) return
    const { selected, widths, looksFor, reading, off } = view
    const isOutput = selected.layer === widths.length - 1
    const isOff = off[selected.layer].has(selected.unit)
    const terms = termsOf(reading.network, selected)
    this.find("h4").textContent = isOutput ? `Output ${selected.unit}` : `Unit ${selected.unit + 1} of layer ${selected.layer}`
    this.find("figcaption span").textContent = selected.layer === 1 ? "What it looks for: a weight for each pixel" : "What its strongest inputs look for"
    this.paint(looksFor.picture(selected.layer, selected.unit), selected.layer)
    this.showTerms(terms, view)
    this.find("p").textContent = isOutput ? "This sum is its logit." : saidBy(view, isOff)
    this.find("button").textContent = isOff ? "Switch it on" : "Switch it off"
    this.find("button").hidden = isOutput
  }

  // Not while the pen moves: to ask for colours has styles worked out anew.
  paint(picture, layer) {
    if (picture === this.picture) return
    this.picture = picture
    // The picture of a later layer leaves out what lies between, and names the wrong place for most units.
    const [isRough, says] = layer === 1 ? ["", placesInWords(picture)] : ["Only roughly: ", ""]
    this.find("small :first-child").textContent = isRough
    this.find("small :last-child").textContent = says && `In any image ${says}.`
    paintSigned(this.find("canvas"), picture, signedColours(this.element))
  }

  showTerms({ strongest, others, rest, bias, sum }, { selected, pointed }) {
    const named = from => (selected.layer === 1 ? pixelName(from) : `unit ${from + 1}`)
    const rows = strongest.map(({ from, input, weight, term }) => (
      { from, cells: [named(from), `${input.toFixed(2)} × ${signed(weight)}`, signed(term)] }))
    if (others > 0) rows.push({ cells: [`${others.toLocaleString("en")} more`, "", signed(rest)] })
    rows.push({ cells: ["bias", "", signed(bias)] }, { cells: ["sum", "", signed(sum)] })
    const body = this.find("tbody")
    while (body.rows.length > rows.length) body.lastChild.remove()
    while (body.rows.length < rows.length) addRow(body)
    rows.forEach(({ from, cells }, index) => {
      const row = body.rows[index]
      cells.forEach((text, at) => { if (row.cells[at].textContent !== text) row.cells[at].textContent = text })
      row.className = [from !== undefined && from === pointed ? "network-pointed" : "", cells[0] === "sum" ? "network-sum" : ""].join(" ").trim()
      row.onpointerenter = () => this.point(from ?? null)
    })
  }
}

function saidBy({ reading: { network }, selected: { layer, unit } }, isOff) {
  if (isOff) return "Switched off: it says 0, whatever its sum is."
  const words = activationInWords(network.activationName)
  return `${words[0].toUpperCase()}${words.slice(1)}: it says ${signed(network.layers[layer][unit]).replace("+", "")}.`
}

function addRow(body) {
  const row = body.insertRow()
  const name = document.createElement("th")
  name.scope = "row"
  row.append(name)
  row.insertCell()
  row.insertCell()
}

function pixelName(pixel) {
  return `row ${Math.floor(pixel / 28) + 1}, column ${(pixel % 28) + 1}`
}

/** A number with its sign and two digits, or three where it is small. */
export function signed(number) {
  const size = Math.abs(number)
  const digits = size >= 0.095 || size === 0 ? 2 : 3
  return `${number < 0 ? "−" : "+"}${size.toFixed(digits)}`
}
