// Asks for several runs that differ in one or two settings.

import { costOf } from "./cost.js"
import { make } from "../../shared/in_page/dom.js"
import { counted } from "../../shared/in_page/words.js"

const MOST_RUNS = 16
const MILLISECONDS_OF_TYPING = 400
const LIKELY = ["rate", "layers"] // what is offered first
const EXAMPLES = { rate: "0.0003, 0.001, 0.003, 0.01", layers: "32, 128, 128-64, 256", batch: "32, 128, 512", epochs: "2, 5, 10",
  optimizer: "sgd, momentum, adam", activation: "relu, tanh, sigmoid", dropout: "0, 0.2, 0.4", l2: "0, 0.0001, 0.001" }

/** The form, folded up until it is wanted. */
export class SweepForm {
  /** @param {(request: import("./models.js").Request) => void} ask */
  constructor(ask) {
    this.address = "" // that says how long they take
    this.cost = make("span.runs-none", { role: "status" })
    this.varied = /** @type {Record<string, string>} */ ({})
    this.inside = make("div")
    this.title = make("summary")
    this.element = make("details.runs-part", { hidden: true }, this.title, this.inside)
    this.ask = ask
    this.element.ontoggle = () => { if (this.element.open && !this.fields) this.fill() }
  }

  /**
   * @param {string | undefined} run whose other settings all of them have; none takes the form away.
   * @param {string} name
   */
  offer(run, name) {
    if (this.run !== run) {
      this.run = run
      if (this.fields) this.count()
    }
    this.element.hidden = !run
    this.title.textContent = `Vary one or two settings of ${name}`
  }

  fill() {
    const options = Object.entries(this.varied)
    this.fields = [0, 1].map(number => {
      const select = make("select", { ariaLabel: number ? "And another setting" : "Setting" })
      if (number) select.append(make("option", { value: "", textContent: "nothing else" }))
      select.append(...options.map(([value, textContent]) => make("option", { value, textContent })))
      const values = make("input", { type: "text", maxLength: 300, ariaLabel: "Its values, with commas between" })
      select.value = number ? "" : LIKELY[0]
      values.value = EXAMPLES[select.value] ?? ""
      select.onchange = () => { values.value = EXAMPLES[select.value] ?? ""; this.count() }
      values.oninput = () => this.count()
      return { select, values }
    })
    this.start = make("button.runs-button", { type: "submit" })
    const form = make("form.runs-sweep", {}, ...this.fields.map(({ select, values }) => make("label", {}, select, values)), this.start, this.cost)
    form.onsubmit = event => {
      event.preventDefault()
      this.ask({ what: "sweep", runs: [this.run], axes: this.axes() })
    }
    this.inside.replaceChildren(form)
    this.count()
  }

  axes() {
    const chosen = this.fields.filter(({ select }) => select.value)
    return Object.fromEntries(chosen.map(({ select, values }) => [select.value, values.value]))
  }

  count() {
    this.fields[1].values.hidden = !this.fields[1].select.value
    const sizes = Object.values(this.axes()).map(text => new Set(text.split(",").map(each => each.trim()).filter(Boolean)).size)
    const runs = sizes.reduce((product, size) => product * size, 1)
    const fits = runs >= 2 && runs <= MOST_RUNS
    this.start.disabled = !fits
    this.start.textContent = fits ? `Start ${counted(runs, "run")}` : `${counted(runs, "run")}: there can be 2 to ${MOST_RUNS}`
    this.cost.textContent = ""
    clearTimeout(this.timer)
    if (fits) this.timer = setTimeout(() => this.askForCost(runs), MILLISECONDS_OF_TYPING)
  }

  // Each takes a time of its own: longer with more epochs, shorter with larger batches.
  async askForCost(runs) {
    const query = new URLSearchParams({ run: this.run, ...this.axes() }).toString()
    this.asked = query
    const answer = await fetch(`${this.address}?${query}`).catch(() => null)
    if (!answer?.ok || this.asked !== query) return
    const { seconds, trouble } = await answer.json()
    this.cost.textContent = trouble ?? costOf(runs, seconds)
  }
}
