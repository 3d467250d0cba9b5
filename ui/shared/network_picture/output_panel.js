// From logits to shares: softmax with its own numbers, and a temperature that changes this table only.

const COLDEST = 0.25
const HOTTEST = 8

/** Of the card of an output: how its sum becomes a share. */
export class OutputPanel {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.element = parent.appendChild(document.createElement("section"))
    this.element.className = "network-output-panel"
    this.element.innerHTML = `<h4>From logits to shares</h4>
      <table><thead><tr><th scope="col">digit</th><th scope="col">logit</th><th scope="col">exp(logit ÷ temperature)</th>
      <th scope="col">share of the sum</th></tr></thead><tbody></tbody><tfoot><tr><th scope="row">sum</th><td></td><td></td><td></td></tr></tfoot></table>
      <label>Temperature <input type="range" step="any" min="${Math.log(COLDEST)}" max="${Math.log(HOTTEST)}"> <output></output></label>
      <p>A high temperature makes the shares alike, a low one has the largest logit take it all. Here you can try it; the answer above stays.</p>`
    this.find = selector => this.element.querySelector(selector)
    const body = this.find("tbody")
    for (let digit = 0; digit < 10; digit++) addRow(body, digit)
    this.find("input").oninput = ({ target }) => {
      this.chosen = Math.exp(target.valueAsNumber)
      if (this.view) this.show(this.view)
    }
    this.chosen = /** @type {number | null} */ (null) // null until the visitor has moved the slider
    this.view = /** @type {import("./painting.js").View | null} */ (null)
  }

  /** @param {import("./painting.js").View | null} view null where no output is looked at. */
  show(view) {
    this.view = view
    if (this.element.hidden !== (view === null)) this.element.hidden = view === null
    if (!view) {
      this.chosen = null
      return
    }
    const { network, temperature } = view.reading
    const chosen = this.chosen ?? temperature
    if (this.chosen === null) this.find("input").value = Math.log(temperature)
    this.find("output").textContent = chosen.toFixed(2)
    const logits = network.layers.at(-1)
    const powers = Array.from(logits, logit => Math.exp(logit / chosen))
    const sum = powers.reduce((total, power) => total + power, 0)
    powers.forEach((power, digit) => {
      const row = this.find("tbody").rows[digit]
      row.className = digit === view.selected.unit ? "network-pointed" : ""
      row.cells[1].textContent = logits[digit].toFixed(2).replace("-", "−")
      row.cells[2].textContent = brief(power)
      row.cells[3].textContent = `${brief(power)} ÷ ${brief(sum)} = ${(100 * (power / sum)).toFixed(1)}%`
    })
    this.find("tfoot td:nth-child(3)").textContent = brief(sum)
  }
}

function addRow(body, digit) {
  const row = body.insertRow()
  const name = document.createElement("th")
  name.scope = "row"
  name.textContent = digit
  row.append(name)
  for (let cell = 0; cell < 3; cell++) row.insertCell()
}

/** A positive number in few signs: 0.0123, 4.56, 789, 1.2 × 10^8. */
export function brief(number) {
  if (number >= 0.001 && number < 100_000) return number >= 100 ? Math.round(number).toLocaleString("en") : number.toPrecision(3)
  if (number === 0) return "0"
  return withPower(number, 1)
}

/**
 * A positive number with so many decimals, times a power of ten.
 * @param {number} number
 * @param {number} decimals
 */
export function withPower(number, decimals) {
  const [digits, exponent] = number.toExponential(decimals).split("e")
  return `${digits} × 10${superscript(Number(exponent))}`
}

function superscript(number) {
  return String(number).replace(/./g, sign => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]))
}
