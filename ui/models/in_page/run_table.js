// The table of runs: sorted, searched and ticked in the browser; what it cannot do itself, it asks the page for.

import { make } from "../../shared/in_page/dom.js"
import { readWanted, showChallenges } from "./challenges.js"
import { choice, readAddress } from "./choice.js"
import { Comparison } from "./comparison.js"
import { costOfRepeating, costOfTraining } from "./cost.js"
import { COLUMNS, makeRow } from "./row.js"
import { SweepForm } from "./sweep_form.js"
import { Watch } from "./watch.js"

const MOST_REPEATED = 3
const MOST_IN_A_RACE = 4

/** @typedef {import("./models.js").Row} Row */

// They stay while the visitor looks at other pages. What was started together, the ready-made network and what a link
// brings are compared without a tick: no button that says how many are ticked means them.
const ticked = /** @type {Set<string>} */ (new Set())
const compared = /** @type {Set<string>} */ (new Set())
const KEPT = "runs-ticked" // over a reload
const sorting = { column: "When", isReversed: false }
let wanted = "" // what is searched for
let started = "" // the runs that were started together last

/** The table, in an element of the page. */
export class RunTable {
  /** @param {HTMLElement} place */
  constructor(place) {
    readAddress()
    readWanted()
    for (const id of choice.runs) compared.add(id)
    for (const id of keptTicks()) if (compared.has(id)) ticked.add(id)
    this.ticked = ticked
    this.rows = /** @type {Row[]} */ ([])
    this.elements = new Map() // by the id of the run: its row, and what it was made of
    this.ask = () => {}
    this.watch = new Watch((run, news) => this.follow(run, news), () => this.ask({ what: "look" }))
    this.notice = make("div.runs-notice", { role: "status" })
    this.search = make("input.runs-search", { type: "search", placeholder: "Search", ariaLabel: "Search networks", value: wanted })
    this.search.oninput = () => { wanted = this.search.value; this.arrange(); this.countTicked() }
    this.sort = make("select.runs-sort", { ariaLabel: "Sort by", onchange: () => this.sortBy(this.sort.value) })
    this.chosen = make("div.runs-chosen")
    this.challenges = make("details.runs-part")
    this.sweep = new SweepForm(request => this.ask(request))
    this.said = make("span", { role: "status" })
    this.head = make("tr")
    this.body = make("tbody")
    this.table = make("table", {}, make("thead", {}, this.head), this.body)
    this.none = make("p.runs-none", { textContent: "No network is like that." })
    this.tools = make("div.runs-tools", {}, this.search, this.sort, this.chosen, this.said)
    this.beside = make("section.runs-comparison", { hidden: true, tabIndex: -1 })
    this.comparison = new Comparison(this.beside, (search, words) => this.share(location.pathname, search, words), request => this.ask(request), id => this.takeOut(id))
    this.own = make("h2", { textContent: "Your networks", hidden: true })
    place.replaceChildren(this.notice, this.own, this.tools, this.table, this.none, this.sweep.element, this.beside, this.challenges)
  }

  /**
   * @param {import("./models.js").Data} data
   * @param {(request: import("./models.js").Request) => void} ask
   */
  take(data, ask) {
    this.ask = ask
    this.rows = data.rows
    this.addresses = data.addresses
    this.readyMade = data.readyMade
    this.order(data.shared)
    this.tellDeleted(data.deleted)
    const areNew = this.tickStarted(data.started)
    this.sweep.varied = data.varied
    this.sweep.address = data.addresses.sweepCost
    showChallenges(this.challenges, data.challenges, data.days, (path, search, words) => this.share(path, search, words), request => this.ask(request))
    this.tools.hidden = this.table.hidden = !data.rows.length
    this.columns = COLUMNS.filter(({ needed }) => !needed || data.rows.some(needed))
    this.makeHead()
    this.arrange()
    this.countTicked()
    if (areNew) this.goToComparison()
    // Of those that are planned the cheapest is the next that changes, and of these the oldest.
    const next = this.rows.filter(({ planned }) => planned).sort((one, other) => one.again - other.again || one.created - other.created).slice(0, 1)
    this.watch.follow([...this.rows.filter(({ active }) => active), ...next])
    if (data.more) setTimeout(() => this.ask({ what: "look" }))
  }

  // Whoever opens a link wants to see what was sent; their own networks come below it.
  order(isShared) {
    if (isShared === this.isShared) return
    this.isShared = isShared
    this.own.hidden = !isShared || !this.rows.length
    if (isShared) this.notice.after(this.beside)
    else this.challenges.before(this.beside)
  }

  // What was started together is compared, in place of what was.
  tickStarted(runs) {
    if (!runs.length || started === runs.join()) return false
    started = runs.join()
    for (const id of compared) this.drop(id, runs)
    for (const id of runs) compared.add(id)
    return true
  }

  drop(id, except = []) {
    if (except.includes(id)) return
    compared.delete(id)
    ticked.delete(id)
    const box = this.elements.get(id)?.element.querySelector(".runs-tick input")
    if (box) box.checked = false
  }

  // Out of the comparison, whoever's run it is.
  takeOut(id) {
    this.drop(id)
    this.countTicked()
  }

  goToComparison() {
    this.beside.focus({ preventScroll: true })
    this.beside.scrollIntoView()
  }

  tellDeleted(deleted) {
    const told = deleted ? JSON.stringify(deleted) : ""
    if (this.notice.dataset.told === told) return
    this.notice.dataset.told = told
    this.notice.replaceChildren()
    if (!deleted) return
    const undo = make("button.runs-button", { type: "button", textContent: "Undo" })
    undo.onclick = () => this.ask({ what: "restore", runs: deleted.runs })
    this.notice.append(deleted.words, undo)
  }

  makeHead() {
    const told = JSON.stringify([this.columns.map(({ name }) => name), sorting])
    if (this.head.dataset.told === told) return
    this.head.dataset.told = told
    const focused = document.activeElement?.closest?.("th")?.dataset.column
    this.head.replaceChildren(make("td", {}, this.tickAll()), ...this.columns.map(column => this.headCell(column)), make("td"))
    this.sort.replaceChildren(...this.columns.filter(({ key }) => key).map(({ name }) => make("option", { value: name, textContent: `By ${name.toLowerCase()}` })))
    this.sort.value = sorting.column
    if (focused) this.head.querySelector(`[data-column="${focused}"] button`)?.focus()
  }

  tickAll() {
    this.all = make("input", { type: "checkbox", ariaLabel: "Tick all" })
    this.all.onchange = () => {
      for (const { id } of this.visible()) for (const set of [ticked, compared]) set[this.all.checked ? "add" : "delete"](id)
      for (const [id, { element }] of this.elements) element.querySelector("input").checked = ticked.has(id)
      this.countTicked()
    }
    return make("label", {}, this.all)
  }

  headCell(column) {
    const cell = make("th", { scope: "col" })
    cell.dataset.column = column.name
    if (!column.key) {
      cell.textContent = column.name
      return cell
    }
    const isChosen = sorting.column === column.name
    const isDown = Boolean(column.high) !== sorting.isReversed
    const button = make("button", { type: "button" }, column.name)
    if (isChosen) {
      cell.ariaSort = isDown ? "descending" : "ascending"
      button.append(make("span", { ariaHidden: "true", textContent: isDown ? " ↓" : " ↑" }))
    }
    button.onclick = () => this.sortBy(column.name)
    cell.append(button)
    return cell
  }

  sortBy(name) {
    sorting.isReversed = sorting.column === name && !sorting.isReversed
    sorting.column = name
    this.makeHead()
    this.arrange()
  }

  /** @returns {Row[]} what is searched for, sorted. */
  visible() {
    const words = wanted.toLowerCase().split(/\s+/)
    const says = row => `${row.name} ${row.state} ${row.settings} ${row.differs}`.toLowerCase()
    const found = this.rows.filter(row => words.every(word => says(row).includes(word)))
    const { key, high } = COLUMNS.find(({ name }) => name === sorting.column)
    const sign = Boolean(high) !== sorting.isReversed ? -1 : 1
    const isUnknown = row => key(row) === undefined || key(row) === null
    return found.sort((one, other) => {
      if (isUnknown(one) || isUnknown(other)) return isUnknown(one) - isUnknown(other)
      return sign * (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0)
    })
  }

  /** Bring the rows into their order; those that say the same as before stay as they are. */
  arrange() {
    const rows = this.visible()
    const known = this.columns.map(({ name }) => name).join()
    const elements = rows.map(row => {
      const told = JSON.stringify(row) + known
      const before = this.elements.get(row.id)
      if (before?.told === told) return before.element
      const element = makeRow(row, this.columns, this)
      this.elements.set(row.id, { element, told })
      return element
    })
    const stays = elements.length === this.body.children.length && elements.every((each, index) => each === this.body.children[index])
    if (!stays) this.body.replaceChildren(...elements)
    this.none.hidden = elements.length > 0 || !this.rows.length
  }

  tick(id, isTicked) {
    for (const set of [ticked, compared]) set[isTicked ? "add" : "delete"](id)
    this.countTicked()
  }

  countTicked() {
    const rows = this.rows.filter(({ id }) => ticked.has(id))
    const visible = this.visible()
    this.all.checked = visible.length > 0 && visible.every(({ id }) => ticked.has(id))
    this.all.indeterminate = rows.length > 0 && !this.all.checked
    this.chosen.replaceChildren(...this.actions(rows))
    const first = [...ticked, ...compared][0]
    this.sweep.offer(first, this.rows.find(({ id }) => id === first)?.name ?? "the first network")
    keepTicks()
    this.comparison.show([...compared], this.addresses, this.readyMade)
  }

  // What can be done with all that are ticked.
  actions(rows) {
    const found = []
    const press = (words, what) => found.push(make("button.runs-button", { type: "button", textContent: words, onclick: what }))
    const ids = (...which) => rows.filter(row => which.some(name => row[name])).map(({ id }) => id)
    const inWork = ids("active", "planned")
    const atRest = rows.filter(({ active }) => !active).map(({ id }) => id)
    const trained = rows.filter(({ fineTuned }) => !fineTuned)
    const those = trained.map(({ id }) => id)
    const isOnlyTicks = compared.size === ticked.size
    const arrow = this.isShared ? "↑" : "↓"
    if (compared.size > 1) press(isOnlyTicks ? `Compare ${ticked.size} ${arrow}` : `To the comparison ${arrow}`, () => this.goToComparison())
    if (compared.size === 1) found.push(make("span.runs-none", { textContent: "Tick one more to compare, or" }))
    if (compared.size === 1 && this.readyMade) press("Compare with the ready-made network", () => { compared.add(this.readyMade); this.countTicked(); this.goToComparison() })
    if (inWork.length) press(`Stop ${inWork.length} ticked`, () => this.ask({ what: "stop", runs: inWork }))
    if (atRest.length) press(`Delete ${atRest.length} ticked`, () => this.remove(atRest))
    if (those.length >= 1 && those.length <= MOST_REPEATED) {
      press("Repeat with 5 seeds", () => this.ask({ what: "repeat", runs: those }))
      found.push(make("span.runs-none", { textContent: costOfRepeating(trained) }))
    }
    if (those.length >= 2 && those.length <= MOST_IN_A_RACE) {
      press(`Race these ${those.length} anew`, () => this.ask({ what: "race", runs: those }))
      found.push(make("span.runs-none", { textContent: costOfTraining(trained) }))
    }
    return found
  }

  remove(ids) {
    for (const id of ids) this.drop(id)
    this.countTicked()
    this.ask({ what: "delete", runs: ids })
  }

  /** Show what is new of a run that is in work. */
  follow(run, news) {
    const row = this.elements.get(run)?.element
    if (!row?.isConnected) return
    row.querySelector("progress").value = news.share
    row.querySelector(".runs-words").textContent = news.words
  }

  /** Copy a link, or show it where the browser does not let pages copy. */
  async share(path, search, words) {
    const link = new URL(path, location.href)
    link.search = search
    try {
      await navigator.clipboard.writeText(link.href)
      this.said.textContent = words
    } catch {
      const field = make("input.runs-search", { readOnly: true, value: link.href, ariaLabel: "The link" })
      this.said.replaceChildren(field)
      field.select()
    }
  }
}

/** @returns {string[]} what was ticked before the page was loaded anew. */
function keptTicks() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? []
  } catch {
    return [] // of a browser that keeps nothing
  }
}

function keepTicks() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([...ticked]))
  } catch {
    // They are gone after a reload.
  }
}
