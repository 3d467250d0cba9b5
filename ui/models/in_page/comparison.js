// Runs side by side: their curves in one chart, how each differs from one of them, and whether that is luck.

import { make, write } from "../../shared/in_page/dom.js"
import { Chart } from "./chart.js"
import { asQuery, choice, writeAddress } from "./choice.js"
import { labelled, rowOf, showKey } from "./compared_row.js"
import { showDisagreements } from "./disagreements.js"
import { showHeatMap } from "./heat_map.js"
import { joined } from "./joined.js"
import { keepLooks, looksOf } from "./looks.js"
import { showPad } from "./pad.js"
import { outsidePresses } from "./press.js"
import { haveLines, showParallel } from "./parallel.js"
import { showSettings } from "./settings_table.js"
import { valueAt, written } from "./scale.js"

const SECONDS_UNTIL_AGAIN = 1.5
const hidden = new Set() // runs whose curves are not seen
let areJoined = true // runs that differ in their seed alone

/**
 * A run as `ui/models/comparison.py` tells of it.
 * @typedef {{ id: string, name: string, state: string, icon: string, active: boolean, words: string, curve: string, took: string,
 *   query: Record<string, string>, parameters: number, weights: string | null, widths: number[], activation: string,
 *   temperature: number, again: number | null, toRepeat: boolean, accuracy?: number, interval?: [number, number], trouble?: string,
 *   against?: { difference: number, interval: [number, number], isWithinNoise: boolean, isAnotherSeed: boolean, words: string, luck?: string, p: number } }} Compared
 * @typedef {{ comparison: string, curves: string, disagreements: string, images: string | null }} Addresses
 */

/** The comparison, in an element of the page. */
export class Comparison {
  /**
   * @param {HTMLElement} place
   * @param {(search: string, words: string) => void} share hand out a link.
   * @param {(request: import("./models.js").Request) => void} ask the page for something.
   * @param {(run: string) => void} takeOut have a run be compared no more.
   */
  constructor(place, share, ask, takeOut) {
    this.place = place
    this.ask = ask
    this.takeOut = takeOut
    this.curves = new Map() // by run: of which version, and the curves
    this.timer = 0
    this.onceShown = /** @type {(() => void) | null} */ (null)
    this.hidden = hidden
    this.own = /** @type {import("./models.js").Row[]} */ ([])
    this.told = /** @type {{ runs: Compared[], notes: string[], settings: any[], more: boolean,
     *   seeds: { runs: string[], name: string, words: string }[], between: string, grid: any } | null} */ (null)
    this.makeParts(share)
  }

  makeParts(share) {
    this.notes = make("p.runs-notes", { role: "status" })
    const controls = make("div.runs-controls", {},
      this.segments("Curve", "y", [["accuracy", "Accuracy"], ["loss", "Loss"]]),
      this.segments("Of", "of", [["validation", "Validation"], ["training", "Training"]]),
      this.segments("Along", "x", [["epoch", "Epochs"], ["step", "Steps"], ["seconds", "Seconds"]]),
      make("button.runs-button", { type: "button", textContent: "Share comparison",
        onclick: () => share(asQuery(), "Link copied. It shows this comparison to anyone.") }))
    this.chartPlace = make("div.runs-chart")
    this.chart = new Chart(this.chartPlace, x => this.readAt(x), x => { choice.at = x; writeAddress() })
    this.chart.keep(choice.at)
    this.table = make("table.runs-beside")
    this.seeds = make("div.runs-seeds")
    this.heat = make("div")
    this.settings = make("div.runs-settings")
    this.parallel = this.part("Parallel coordinates", place => showParallel(place, this.told, id => looksOf(id, this.isDark()), run => this.standOut(run)))
    this.images = this.part("Where they disagree", place => showDisagreements(place, this.addresses, choice.runs, this.told.runs))
    this.drawing = this.part("One drawing, read by all of them", place => showPad(place, this.told.runs))
    this.place.append(make("h2", { textContent: "Side by side" }), controls, this.seeds, this.chartPlace, this.notes, this.table, this.heat,
      this.settings, this.parallel, this.images, this.drawing)
  }

  segments(legend, name, options) {
    const row = make("fieldset.runs-segments", {}, make("legend", { textContent: legend }))
    for (const [value, words] of options) {
      const input = make("input", { type: "radio", name: `runs-${name}`, value, checked: choice[name] === value })
      input.onchange = () => {
        choice[name] = value
        if (name === "x") this.chart.keep(choice.at = null) // epoch 3 is not step 3
        writeAddress()
        this.showChart()
      }
      row.append(make("label", {}, input, make("span", { textContent: words })))
    }
    return row
  }

  // A part that is filled when it is opened, and anew when other runs are compared.
  part(title, fill) {
    const inside = make("div")
    const part = make("details.runs-part", {}, make("summary", { textContent: title }), inside)
    part.fill = () => {
      const runs = this.told?.runs.filter(({ active }) => !active).map(({ id, curve }) => id + curve).join() ?? ""
      if (!part.open || !this.told || part.dataset.runs === runs) return
      part.dataset.runs = runs
      inside.replaceChildren()
      fill(inside)
    }
    part.ontoggle = part.fill
    return part
  }

  /**
   * @param {string[]} ids
   * @param {Addresses} addresses
   * @param {string | null} readyMade the id of the ready-made network, which nobody repeats: it takes long.
   */
  show(ids, addresses, readyMade) {
    this.addresses = addresses
    this.readyMade = readyMade
    const isNew = ids.join() !== this.shown
    this.shown = ids.join()
    choice.runs = ids
    this.place.hidden = ids.length < 2
    if (isNew) writeAddress()
    if (this.place.hidden) return clearTimeout(this.timer)
    keepLooks(ids)
    if (isNew || !this.told) this.look()
  }

  later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.look(), 1000 * SECONDS_UNTIL_AGAIN)
  }

  async look() {
    clearTimeout(this.timer)
    const asked = (this.asked = {})
    try {
      const against = choice.runs.includes(choice.against) ? choice.against : choice.runs[0]
      const query = new URLSearchParams({ runs: choice.runs.join(","), against })
      const answer = await fetch(`${this.addresses.comparison}?${query}`)
      if (this.asked !== asked || !this.place.isConnected) return
      if (!answer.ok) throw new Error(await answer.text())
      this.told = await answer.json()
      this.against = against
      await this.fetchCurves(asked)
      if (this.asked !== asked) return
      outsidePresses(this, () => this.write())
      this.onceShown?.()
      this.onceShown = null
      if (this.told.more) this.later()
    } catch (error) {
      if (this.asked !== asked || !this.place.isConnected) return
      this.notes.textContent = `${error.message} It is tried again.`
      this.later()
    }
  }

  async fetchCurves(asked) {
    const stale = this.told.runs.filter(({ id, curve }) => this.curves.get(id)?.version !== curve)
    await Promise.all(stale.map(async ({ id, curve }) => {
      const answer = await fetch(`${this.addresses.curves}/${id}`)
      if (answer.ok && this.asked === asked) this.curves.set(id, { version: curve, content: await answer.json() })
    }))
  }

  write() {
    const withoutCurve = this.told.runs.filter(({ id }) => !this.lineOf(id)?.x.length)
    const notes = [...this.told.notes]
    if (choice.of === "validation" && withoutCurve.length) notes.push(whyWithoutCurve(withoutCurve))
    this.notes.textContent = notes.join(" ")
    this.showChart()
    this.writeTable()
    this.writeSeeds()
    showHeatMap(this.heat, this.told.grid, run => this.standOut(run))
    showSettings(this.settings, this.told)
    this.parallel.hidden = !haveLines(this.told)
    this.parallel.fill()
    this.images.fill()
    this.drawing.fill()
  }

  lineOf(id) {
    const curves = this.curves.get(id)?.content[choice.of]
    return curves && { x: curves.x[choice.x], y: curves[choice.y] }
  }

  isDark() {
    return getComputedStyle(this.place).colorScheme.includes("dark") || darkness(getComputedStyle(this.place).color) < 0.5
  }

  /** The line in the chart that a run belongs to; how it would look, if it has none. */
  shownLine(id) {
    const line = this.lines?.find(each => each.members?.includes(id) ?? each.id === id)
    return line ?? { id, ...looksOf(id, this.isDark()) }
  }

  standOut(id) {
    this.chart.standOut(id === null ? null : this.shownLine(id).id)
  }

  showChart() {
    if (!this.told) return
    const isDark = this.isDark()
    const lines = this.told.runs.filter(({ id }) => !this.hidden.has(id) && this.lineOf(id)).map(({ id, name }) => ({
      id, name, ...looksOf(id, isDark), ...this.lineOf(id),
    }))
    this.lines = areJoined ? joined(lines, this.told.seeds, this.told.runs.map(({ id }) => id), isDark) : lines
    const titles = { step: "steps", epoch: "epochs", seconds: "seconds of training" }
    const axes = { x: titles[choice.x], y: choice.y, isShare: choice.y === "accuracy" }
    const names = this.told.runs.filter(({ id }) => !this.hidden.has(id)).map(({ name }) => name).join(", ")
    this.chart.show(this.lines, axes, `${choice.of} ${choice.y} of ${names} along ${axes.x}. The arrow keys move a cursor, Enter keeps it.`)
    for (const row of this.table.querySelectorAll("tr[data-run]")) showKey(this, row.querySelector(".runs-eye"), row.dataset.run)
    this.readAt(this.chart.cursor)
  }

  /** Write what each curve says at the cursor, or at its end. */
  readAt(x) {
    const along = { epoch: "epoch", step: "step", seconds: "second" }[choice.x]
    const title = x === null ? "End of curve" : `At ${along} ${choice.x === "step" ? Math.round(x) : x.toFixed(1)}`
    const head = this.table.querySelector(".runs-value-head")
    if (head) write(head, title)
    for (const row of this.table.querySelectorAll("tr[data-run]")) {
      const line = this.lineOf(row.dataset.run)
      const value = line?.x.length ? valueAt(line, x ?? line.x.at(-1)) : null
      const cell = row.querySelector(".runs-value")
      write(cell, value === null || value === undefined ? "–" : written(value, choice.y === "accuracy"))
      labelled(cell, x === null ? title : "At the cursor") // with a number it would cost each frame: styles ask for it
    }
  }

  writeTable() {
    const differing = this.told.settings.filter(({ differs }) => differs)
    const told = JSON.stringify([this.told.runs, differing, this.against, this.isDark()])
    if (this.table.dataset.told === told) return
    this.table.dataset.told = told
    const focused = document.activeElement?.closest?.(".runs-beside [data-focus]")?.dataset.focus
    const head = ["", "Network", "End of curve", "Test accuracy", "Beside the one chosen", "What that means"].map(name => name ? make("th", { scope: "col", textContent: name }) : make("td"))
    head[2].className = "runs-value-head"
    this.table.replaceChildren(make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...this.told.runs.map((run, index) => rowOf(this, run, differing.map(({ values }) => values[index]).join(" · ")))))
    this.readAt(this.chart.cursor)
    if (focused) this.table.querySelector(`[data-focus="${focused}"]`)?.focus()
  }

  writeSeeds() {
    const told = JSON.stringify([this.told.seeds, this.told.between, areJoined])
    if (this.seeds.dataset.told === told) return
    this.seeds.dataset.told = told
    this.seeds.replaceChildren()
    if (!this.told.seeds.length) return
    const join = make("input", { type: "checkbox", checked: areJoined })
    join.onchange = () => { areJoined = join.checked; this.showChart() }
    const words = this.told.seeds.filter(each => each.words).map(each => make("p", { textContent: each.words }))
    if (this.told.between) words.unshift(make("p", {}, make("strong", { textContent: this.told.between })))
    this.seeds.append(...words, make("label.runs-fold", {}, join, "Runs that differ in their seed alone as one curve, with a band from the lowest to the highest"))
  }
}

/** One sentence, however many they are. */
export function whyWithoutCurve(runs) {
  const who = runs.length === 1 ? `${runs[0].name} has` : `${runs.length} networks have`
  const areComing = runs.every(({ active, state }) => active || state === "planned")
  if (!areComing) return `${who} no validation curve.`
  return `${who} no curve yet: ${runs.length === 1 ? "it waits or has" : "they wait or have"} just begun.`
}

// How dark a colour such as rgb(1, 2, 3) is, from 0 to 1.
function darkness(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number)
  return 1 - (red + green + blue) / (3 * 255)
}
