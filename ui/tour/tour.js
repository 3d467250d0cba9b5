// Lights up one control after the other, says one sentence about it, and waits until it is tried.
// All that it shows hangs below the body, out of reach of what Streamlit builds anew.

import { make } from "../shared/in_page/dom.js"
import { STEPS } from "./steps.js"

const KEPT = "digit-playground-tour" // { page: { step, isOn } }, for as long as the browser's tab is open
const LOOK_EVERY = 200
const MARGIN = 8
const HEADER = 60
const SCROLLS = 4
const EDGE = 4
const GAP = 14

class Tour {
  constructor() {
    this.page = this.title = ""
    this.button = /** @type {HTMLButtonElement | null} */ (null)
    this.card = null
    this.timer = 0
    addEventListener("keydown", event => { if (event.key === "Escape" && this.card) this.leave() })
    for (const name of ["scroll", "resize"]) addEventListener(name, () => this.place(), { capture: true, passive: true })
  }

  /**
   * Take up the tour of a page where it was, if it is on, and have the button start it.
   * @param {string} page
   * @param {string} title what visitors call it.
   * @param {HTMLButtonElement} button
   */
  at(page, title, button) {
    const hasMoved = page !== this.page
    this.page = page
    this.title = title
    this.button = button
    button.hidden = !this.steps.length
    button.onclick = () => (this.card ? this.leave() : this.begin())
    if (hasMoved && this.card) this.close()
    const { isOn } = this.kept()
    if (isOn && !this.card) this.show(false)
    this.name()
  }

  begin() {
    this.keep({ step: this.isThrough() ? 0 : this.nextThere(this.step, 1), isOn: true })
    this.show(true)
  }

  show(takesFocus) {
    this.open()
    this.stand(takesFocus)
    clearInterval(this.timer)
    this.timer = setInterval(() => this.look(), LOOK_EVERY)
  }

  open() {
    if (this.card) return
    this.light = make("div.tour-light", { ariaHidden: "true" })
    this.count = make("p.tour-count", { id: "tour-count" })
    this.words = make("p.tour-says", { id: "tour-says" })
    this.words.setAttribute("aria-live", "polite")
    this.next = make("button.tour-next", { type: "button", onclick: () => this.goTo(this.step + 1, true) })
    this.before = make("button", { type: "button", textContent: "Back", onclick: () => this.goTo(this.step - 1, true) })
    this.there = make("button", { type: "button", textContent: "Show where", onclick: () => this.focusTarget() })
    this.end = make("button.tour-leave", { type: "button", ariaLabel: "Leave the tour", title: "Leave the tour (Esc)", textContent: "×", onclick: () => this.leave() })
    this.card = make("section.tour-card", { role: "dialog", tabIndex: -1 }, this.count, this.words,
      make("div.tour-buttons", {}, this.before, this.there, this.next), this.end)
    this.card.setAttribute("aria-labelledby", "tour-count")
    this.card.setAttribute("aria-describedby", "tour-says")
    // Below the body no theme of Streamlit reaches.
    this.card.style.colorScheme = getComputedStyle(document.querySelector(".stApp") ?? document.body).colorScheme
    document.body.append(this.light, this.card)
    this.name()
  }

  // What the step is about, said anew.
  stand(takesFocus) {
    const { steps, step } = this
    const now = steps[step]
    this.stopHearing?.()
    this.hasOpened = false
    this.triedAt = Infinity
    this.wasDone = Boolean(now.isDone?.())
    this.before.hidden = step === 0
    this.next.textContent = now.leads ? "Go there" : step === steps.length - 1 ? "Done" : "Next"
    const heard = event => { if (event.target.closest?.(now.at)) this.triedAt = performance.now() }
    const names = now.hears?.split(" ") ?? []
    names.forEach(name => document.addEventListener(name, heard, true))
    this.stopHearing = () => names.forEach(name => document.removeEventListener(name, heard, true))
    this.scrolls = SCROLLS
    this.look()
    if (takesFocus) this.card.focus({ preventScroll: true })
  }

  look() {
    const now = this.steps[this.step]
    const hasTried = performance.now() - this.triedAt >= (now.lingers ?? 0)
    if (hasTried || (now.isDone && !this.wasDone && now.isDone())) return this.goTo(this.step + 1, false)
    this.tellCount()
    const wanted = onPage(now.at)
    if (now.opens && !this.hasOpened) this.openView(now.opens)
    this.target = wanted ?? (now.otherwise && onPage(now.otherwise))
    this.there.hidden = !this.target || isInSight(this.target)
    const words = (!wanted && now.missing) || now.says
    if (this.words.textContent !== words) this.words.textContent = words
    if (this.target && this.scrolls > 0) this.bringIntoSight()
    this.place()
  }

  // A run that comes has steps of its own, which count from then on.
  tellCount() {
    const there = this.steps.filter(isThere)
    const place = this.steps.slice(0, this.step).filter(isThere).length
    const words = `Tour of ${this.title} · ${place + 1} of ${Math.max(there.length, place + 1)}`
    if (this.count.textContent !== words) this.count.textContent = words
  }

  // Once a step: whoever opens another view then wants to see that.
  openView(selector) {
    const tab = document.querySelector(selector)
    this.hasOpened = Boolean(tab)
    if (tab?.ariaSelected === "false") tab.click()
  }

  // More than once: a page that is still being built moves it again.
  bringIntoSight() {
    this.scrolls--
    if (isInSight(this.target)) return
    const { height } = this.target.getBoundingClientRect()
    this.target.style.scrollMarginTop = `${HEADER + 2 * MARGIN}px` // not below the page's header
    this.target.scrollIntoView({ block: height > innerHeight / 2 ? "start" : "center" })
  }

  place() {
    if (!this.card) return
    this.light.hidden = !this.target?.isConnected
    const around = this.light.hidden ? null : this.target.getBoundingClientRect()
    if (around) {
      // Within the window, or its frame would be cut off at an edge.
      const left = Math.max(EDGE, around.left - MARGIN)
      const top = Math.max(EDGE, around.top - MARGIN)
      const right = Math.min(document.documentElement.clientWidth - EDGE, around.right + MARGIN)
      Object.assign(this.light.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${around.bottom + MARGIN - top}px` })
    }
    Object.assign(this.card.style, placeOfCard(this.card, around))
  }

  goTo(step, takesFocus) {
    const { leads } = this.steps[this.step]
    if (step > this.step && leads) {
      // The next page's own tour begins there.
      this.keep({ step: this.steps.length, isOn: false })
      this.keep({ step: 0, isOn: true }, leads)
      const target = this.target
      this.close()
      return target?.click()
    }
    const next = this.nextThere(step, Math.sign(step - this.step))
    if (next >= this.steps.length) return this.leave(true)
    this.keep({ step: Math.max(0, next), isOn: true })
    this.stand(takesFocus)
  }

  // Steps about a run are left out where there is none.
  nextThere(step, direction) {
    while (this.steps[step] && !isThere(this.steps[step])) step += direction
    return step
  }

  leave(isThrough = false) {
    this.keep({ step: isThrough ? this.steps.length : this.step, isOn: false })
    this.close()
    this.button?.focus()
  }

  close() {
    clearInterval(this.timer)
    this.stopHearing?.()
    this.card?.remove()
    this.light?.remove()
    this.card = null
    this.name()
  }

  focusTarget() {
    const stops = "a[href], button:enabled, input:enabled, select, summary, [tabindex]"
    const first = this.target?.matches(stops) ? this.target : this.target?.querySelector(stops)
    first?.focus()
    this.target?.scrollIntoView({ block: "nearest" })
  }

  name() {
    if (!this.button) return
    const { step } = this.kept()
    const isHalfway = step > 0 && !this.isThrough()
    const words = this.card ? "Leave the tour" : isHalfway ? "Go on with the tour" : "Show me around"
    this.button.querySelector(".tour-words").textContent = words
    this.button.title = words
  }

  get steps() {
    return STEPS[this.page] ?? []
  }

  get step() {
    return Math.min(this.kept().step, this.steps.length - 1)
  }

  isThrough() {
    return this.kept().step >= this.steps.length
  }

  kept() {
    return this.all()[this.page] ?? { step: 0, isOn: false }
  }

  keep(now, page = this.page) {
    this.memory = { ...this.all(), [page]: now }
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(this.memory))
    } catch {
      // A browser that keeps nothing remembers until the page is loaded again.
    }
  }

  all() {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT)) ?? this.memory ?? {}
    } catch {
      return this.memory ?? {}
    }
  }
}

function isThere({ after }) {
  return !after || Boolean(onPage(after))
}

function onPage(selector) {
  return [...document.querySelectorAll(selector)].find(element => element.getClientRects().length)
}

function isInSight(element) {
  const { top, bottom } = element.getBoundingClientRect()
  return bottom <= innerHeight && (top >= HEADER || Boolean(element.closest(".st-key-menu")))
}

// Below what is lit up, or above it, or where there is room; on a phone at the edge that is further off.
function placeOfCard(card, around) {
  const { offsetWidth: width, offsetHeight: height } = card
  if (!around) return { left: `${(innerWidth - width) / 2}px`, top: `${innerHeight - height - GAP}px` }
  const within = (value, most) => Math.max(GAP, Math.min(value, most - GAP))
  const left = within(around.left, innerWidth - width)
  const below = around.bottom + MARGIN + GAP
  const above = around.top - MARGIN - GAP - height
  const beside = around.right + MARGIN + GAP
  const highest = innerHeight - height - GAP
  if (below >= HEADER && below <= highest) return { left: `${left}px`, top: `${below}px` }
  if (above >= HEADER && above <= highest) return { left: `${left}px`, top: `${above}px` }
  if (beside + width <= innerWidth) return { left: `${beside}px`, top: `${Math.max(HEADER, within(around.top, highest))}px` }
  return { left: `${left}px`, top: `${around.top > height + HEADER + GAP ? HEADER + GAP : highest}px` }
}

/** The tour of the page that is shown; there is one, however often Streamlit builds the page anew. */
export const tour = new Tour()
