// What can be done with the runs that are ticked; on a phone one line, the rest of which is folded away.

import { make } from "../../shared/in_page/dom.js"
import { costOfRepeating, costOfTraining } from "./cost.js"
import { compared } from "./selection.js"

const MOST_REPEATED = 3
const MOST_IN_A_RACE = 4

/**
 * A button, what stands beside it, and what it asks of which runs; without a button, why there is none.
 * @typedef {{ words?: string, cost?: string, what?: string, runs?: string[] }} Offer
 */

// Why nothing is to be repeated: of several, for the one with the fewest seeds that have come to their end.
function seedsThere(rows) {
  const { seeds, coming } = rows.reduce((one, other) => (other.seeds - other.coming < one.seeds - one.coming ? other : one))
  if (!coming) return `${seeds} seeds are there already`
  return `${seeds - coming} of ${seeds} seeds ${seeds - coming === 1 ? "is" : "are"} there, ${coming} on ${coming === 1 ? "its" : "their"} way`
}

export class Bar {
  /** @param {import("./run_table.js").RunTable} table */
  constructor(table) {
    this.table = table
    this.element = make("div.runs-chosen")
    this.element.onkeydown = ({ key }) => {
      if (key !== "Escape" || !this.more?.contains(document.activeElement)) return
      this.toggle.focus()
      this.fold(true)
    }
    const leave = ({ target }) => {
      if (!this.element.isConnected) removeEventListener("pointerdown", leave)
      else if (!this.element.contains(target)) this.fold(true)
    }
    addEventListener("pointerdown", leave)
  }

  /**
   * Offer what can be done; what is offered already stays as it is.
   * @param {import("./models.js").Row[]} rows that are ticked.
   */
  show(rows) {
    const first = this.comparison(rows)
    const offers = this.offers(rows)
    const told = JSON.stringify([offers, first, rows.length])
    if (told === this.told) return
    this.told = told
    const hadFocus = this.element.contains(document.activeElement)
    const parts = first.hint ? [make("span.runs-none", { textContent: first.hint })] : []
    if (first.words) parts.push(make("button.runs-button.runs-first", { type: "button", textContent: first.words, onclick: first.press }))
    this.more = make("div.runs-more", {}, ...offers.map(offer => this.offerOf(offer)))
    this.toggle = make("button.runs-button.runs-toggle", { type: "button", textContent: `${rows.length} ticked ▾`, onclick: () => this.fold() })
    if (offers.length) parts.push(this.toggle, this.more)
    this.element.replaceChildren(...parts)
    this.fold(true)
    if (hadFocus) this.element.querySelector("button")?.focus({ preventScroll: true })
  }

  fold(isFolded = this.toggle.ariaExpanded === "true") {
    if (!this.toggle) return
    this.toggle.ariaExpanded = String(!isFolded)
    this.more.classList.toggle("is-open", !isFolded)
  }

  offerOf({ words, cost, what, runs }) {
    if (!words) return make("span.runs-none", { textContent: cost })
    const button = make("button.runs-button", { type: "button", textContent: words })
    button.onclick = () => {
      this.fold(true)
      if (what === "delete") this.table.remove(runs)
      else this.table.ask({ what, runs })
    }
    return make("span.runs-offer", {}, button, ...(cost ? [make("span.runs-none", { textContent: cost })] : []))
  }

  // Where the comparison is, or how to come to one. A number beside “Compare” is that of the ticked ones, as everywhere in the bar.
  comparison(rows) {
    const { isShared, readyMade } = this.table
    const words = rows.length === compared.size ? `Compare (${compared.size})` : `Side by side: ${compared.size}`
    if (compared.size > 1) return { words: `${words} ${isShared ? "↑" : "↓"}`, press: () => this.table.goToComparison() }
    if (!compared.size) return { hint: "Tick two to compare them." }
    if (!readyMade) return { hint: "Tick one more to compare." }
    return { hint: "Tick one more to compare, or", words: "Compare with the ready-made network", press: () => this.table.compareWith(readyMade) }
  }

  /** @returns {Offer[]} */
  offers(rows) {
    const found = []
    const ids = some => some.map(({ id }) => id)
    const inWork = ids(rows.filter(({ active, planned }) => active || planned))
    const atRest = ids(rows.filter(({ active }) => !active))
    const trained = rows.filter(({ fineTuned }) => !fineTuned)
    if (inWork.length) found.push({ words: `Stop ${inWork.length} ticked`, what: "stop", runs: inWork })
    if (atRest.length) found.push({ words: `Delete ${atRest.length} ticked`, what: "delete", runs: atRest })
    const different = trained.filter(({ group }, index) => !group || trained.findIndex(other => other.group === group) === index)
    if (different.length >= 1 && different.length <= MOST_REPEATED) {
      const cost = costOfRepeating(different)
      if (cost) found.push({ words: "Repeat with 5 seeds", cost, what: "repeat", runs: ids(different) })
      else found.push({ cost: seedsThere(different) })
    }
    if (trained.length >= 2 && trained.length <= MOST_IN_A_RACE) {
      found.push({ words: `Race these ${trained.length} anew`, cost: costOfTraining(trained), what: "race", runs: ids(trained) })
    }
    return found
  }
}
