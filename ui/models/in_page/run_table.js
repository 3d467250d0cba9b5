// The table of runs: sorted, searched and ticked in the browser; what it cannot do itself, it asks the page for.

import { make } from "../../shared/in_page/dom.js"
import { Bar } from "./bar.js"
import { openChallenges, readWanted, showChallenges, standing } from "./challenges.js"
import { Comparison } from "./comparison.js"
import { folded, shareOf, unfolded } from "./groups.js"
import { keepInSight } from "./kept_in_sight.js"
import { COLUMNS, makeRow, showTicks } from "./row.js"
import { compared, keepTicks, takeFromAddress, ticked, tickRuns } from "./selection.js"
import { SweepForm } from "./sweep_form.js"
import { Watch } from "./watch.js"

/** @typedef {import("./models.js").Row} Row */

// They stay while the visitor looks at other pages.
const sorting = { column: "When", isReversed: false }
let wanted = "" // what is searched for
let started = "" // the runs that were started together last

/** The table, in an element of the page. */
export class RunTable {
  /** @param {HTMLElement} place */
  constructor(place) {
    const isSent = takeFromAddress()
    readWanted()
    this.rows = /** @type {Row[]} */ ([])
    this.elements = new Map() // by the id of the run: its element, and what that was made of
    this.ask = () => {}
    this.watch = new Watch(place, (run, news) => this.follow(run, news), () => this.ask({ what: "look" }))
    this.notice = make("div.runs-notice", { role: "status" })
    this.search = make("input.runs-search", { type: "search", placeholder: "Search", ariaLabel: "Search networks", value: wanted })
    this.search.oninput = () => { wanted = this.search.value; this.arrange(); this.countTicked() }
    this.sort = make("select.runs-sort", { ariaLabel: "Sort by", onchange: () => this.sortBy(this.sort.value) })
    this.bar = new Bar(this)
    this.challenges = make("section.runs-goals")
    this.toChallenges = make("button.runs-out", { type: "button", onclick: () => openChallenges(this.challenges) })
    this.sweep = new SweepForm(request => this.ask(request))
    this.said = make("span", { role: "status" })
    this.head = make("tr")
    this.body = make("tbody")
    this.table = make("table", {}, make("thead", {}, this.head), this.body)
    this.none = make("p.runs-none", { textContent: "No network is like that." })
    this.tools = make("div.runs-tools", {}, this.search, this.sort, this.bar.element, this.said)
    this.beside = make("section.runs-comparison", { hidden: true, tabIndex: -1 })
    this.comparison = new Comparison(this.beside, (search, words) => this.share(location.pathname, search, words), request => this.ask(request), id => this.takeOut(id))
    if (isSent) this.comparison.onceShown = () => this.goToComparison()
    this.own = make("h2", { textContent: "Your networks", hidden: true })
    place.replaceChildren(this.notice, this.own, make("p.runs-to-goals", {}, this.toChallenges), this.tools, this.table, this.none, this.sweep.element, this.beside, this.challenges)
  }

  /**
   * @param {import("./models.js").Data} data
   * @param {(request: import("./models.js").Request) => void} ask
   */
  take(data, ask) {
    this.ask = request => {
      if (request.what !== "look") this.asked = request.what
      ask(request)
    }
    this.rows = data.rows
    this.comparison.own = data.rows
    this.addresses = data.addresses
    this.readyMade = data.readyMade
    this.order(data.shared)
    keepInSight(this.beside, () => this.showRows(data))
    const areNew = this.tickStarted(data.started)
    this.sweep.varied = data.varied
    this.sweep.address = data.addresses.sweepCost
    showChallenges(this.challenges, data.challenges, data.days, (path, search, words) => this.share(path, search, words), request => this.ask(request))
    this.countTicked()
    if (areNew && this.asked !== "repeat") this.goToComparison() // more of the same stand together in the table
    // Of those that are planned the cheapest is the next that changes, and of these the oldest.
    const next = this.rows.filter(({ planned }) => planned).sort((one, other) => one.again - other.again || one.created - other.created).slice(0, 1)
    this.watch.follow([...this.rows.filter(({ active }) => active), ...next])
    if (data.more) setTimeout(() => this.ask({ what: "look" }))
  }

  showRows(data) {
    this.tellDeleted(data.deleted)
    this.toChallenges.textContent = `${standing(data.challenges)} ↓`
    this.tools.hidden = this.table.hidden = this.toChallenges.hidden = !data.rows.length
    this.columns = COLUMNS.filter(({ needed }) => !needed || data.rows.some(needed))
    this.makeHead()
    this.arrange()
  }

  // Whoever opens a link wants to see what was sent; their own networks come below it.
  order(isShared) {
    if (isShared === this.isShared) return
    this.isShared = isShared
    this.own.hidden = !isShared || !this.rows.length
    if (isShared) this.notice.after(this.beside)
    else this.challenges.before(this.beside)
  }

  // What was started together is compared, in place of what was; more of the same stand beside it.
  tickStarted(runs) {
    if (!runs.length || started === runs.join()) return false
    started = runs.join()
    if (this.asked !== "repeat") for (const id of compared) this.drop(id, runs)
    for (const id of runs) compared.add(id)
    return true
  }

  drop(id, except = []) {
    if (except.includes(id)) return
    compared.delete(id)
    ticked.delete(id)
  }

  // Out of the comparison, whoever's run it is.
  takeOut(id) {
    this.drop(id)
    this.countTicked()
  }

  compareWith(id) {
    compared.add(id)
    this.countTicked()
    this.goToComparison()
  }

  goToComparison() {
    this.beside.focus({ preventScroll: true })
    this.beside.scrollIntoView()
  }

  tellDeleted(deleted) {
    const told = deleted ? JSON.stringify(deleted) : ""
    if (this.notice.dataset.told === told) return
    this.notice.dataset.told = told
    const isPressedAgain = this.notice.contains(document.activeElement)
    this.notice.replaceChildren()
    if (!deleted) return
    const undo = make("button.runs-button", { type: "button", textContent: "Undo" })
    undo.onclick = () => this.ask({ what: "restore", runs: deleted.runs })
    this.notice.append(deleted.words, undo)
    if (isPressedAgain) undo.focus()
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
      tickRuns(this.found().map(({ id }) => id), this.all.checked)
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

  /** @returns {Row[]} what is searched for. */
  found() {
    const words = wanted.toLowerCase().split(/\s+/)
    const says = row => `${row.name} ${row.state} ${row.settings} ${row.differs}`.toLowerCase()
    return this.rows.filter(row => words.every(word => says(row).includes(word)))
  }

  sorted(rows) {
    const { key, high } = COLUMNS.find(({ name }) => name === sorting.column)
    const sign = Boolean(high) !== sorting.isReversed ? -1 : 1
    const isUnknown = row => key(row) === undefined || key(row) === null
    return [...rows].sort((one, other) => {
      if (isUnknown(one) || isUnknown(other)) return isUnknown(one) - isUnknown(other)
      return sign * (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0)
    })
  }

  /** Bring the rows into their order; those that say the same as before stay as they are. */
  arrange() {
    const rows = unfolded(this.sorted(folded(this.found())), members => this.sorted(members))
    const known = this.columns.map(({ name }) => name).join()
    const below = new Set(rows.flatMap(({ members }) => members ?? []))
    const elements = rows.map(row => {
      const told = JSON.stringify(row) + known
      const before = this.elements.get(row.id)
      const element = before?.told === told ? before.element : makeRow(row, this.columns, this)
      this.elements.set(row.id, { element, told, row })
      element.classList.toggle("is-below", below.has(row))
      return element
    })
    const stays = elements.length === this.body.children.length && elements.every((each, index) => each === this.body.children[index])
    if (!stays) this.body.replaceChildren(...elements)
    this.none.hidden = elements.length > 0 || !this.rows.length
  }

  tick(ids, areTicked) {
    tickRuns(ids, areTicked)
    this.countTicked()
  }

  countTicked() {
    const rows = this.rows.filter(({ id }) => ticked.has(id))
    const found = this.found()
    this.all.checked = found.length > 0 && found.every(({ id }) => ticked.has(id))
    this.all.indeterminate = rows.length > 0 && !this.all.checked
    for (const { element, row } of this.elements.values()) showTicks(element, row)
    this.bar.show(rows)
    const first = [...ticked, ...compared][0]
    this.sweep.offer(first, this.rows.find(({ id }) => id === first)?.name ?? "the first network")
    keepTicks()
    this.comparison.show([...compared], this.addresses, this.readyMade)
  }

  remove(ids) {
    for (const id of ids) this.drop(id)
    this.countTicked()
    this.ask({ what: "delete", runs: ids })
  }

  /** Show what is new of a run that is in work. */
  follow(run, news) {
    keepInSight(this.beside, () => {
      for (const { element, row } of this.elements.values()) if (element.isConnected) followRow(element, row, run, news)
    })
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

function followRow(element, row, run, news) {
  const member = row.members?.find(({ id }) => id === run)
  if (!member && row.id !== run) return
  const bar = element.querySelector("progress")
  if (member) member.share = news.share
  if (bar) bar.value = member ? shareOf(row) : news.share
  if (!member) element.querySelector(".runs-words").textContent = news.words
}
