// The test images by what they are, what they are read as, and how sure the network is of that.

import { choice, make, picture } from "./dom.js"
import { ImageDialog } from "./image_dialog.js"
import { aDigit, counted, probability } from "../../shared/in_page/words.js"

const AT_ONCE = 60
const DIGITS = Array.from({ length: 10 }, (_, digit) => [String(digit), String(digit)])
const LABELS = [["any", "any digit"], ...DIGITS]
const ANSWERS = [["wrong", "another digit"], ["right", "the same digit"], ["any", "any digit"], ...DIGITS]
const SURE = [["any", "any"], ["low", "under 60%"], ["middle", "60% to 95%"], ["high", "over 95%"]]
const ORDERS = [["surest", "surest first"], ["unsure", "least sure first"]]
const WITHIN = {
  any: () => true,
  low: share => share < 0.6,
  middle: share => share >= 0.6 && share <= 0.95,
  high: share => share > 0.95,
}
const FIRST = { label: "any", answer: "wrong", sure: "any", order: "surest" }
const PRESETS = [
  ["Surest mistakes", FIRST],
  ["Least sure right answers", { ...FIRST, answer: "right", order: "unsure" }],
]

export class Gallery {
  /**
   * @param {import("./source.js").Images} images
   * @param {import("./source.js").Answers} answers
   * @param {import("./source.js").Source} source
   */
  constructor(images, answers, source) {
    this.images = images
    this.answers = answers
    this.chosen = { ...FIRST }
    this.fields = Object.fromEntries([
      ["label", choice("Written as", LABELS, value => this.open({ ...this.chosen, label: value }, false))],
      ["answer", choice("Read as", ANSWERS, value => this.open({ ...this.chosen, answer: value }, false))],
      ["sure", choice("Sureness", SURE, value => this.open({ ...this.chosen, sure: value }, false))],
      ["order", choice("Order", ORDERS, value => this.open({ ...this.chosen, order: value }, false))],
    ])
    this.heading = make("h2", { tabIndex: -1, ariaLive: "polite" })
    this.pictures = make("div.inside-gallery")
    this.more = make("button.inside-button", { type: "button", textContent: "Show more", onclick: () => this.add() })
    this.dialog = new ImageDialog(images, answers, source)
    const presets = PRESETS.map(([textContent, chosen]) => (
      make("button.inside-button", { type: "button", textContent, onclick: () => this.open(chosen, false) })
    ))
    this.element = make("section.inside-gallery-part", {}, this.heading, make("div.inside-row", {}, ...presets),
      make("div.inside-row", {}, ...Object.values(this.fields).map(({ element }) => element)),
      make("p.inside-small", { textContent: "Below each image: what was written → what is read, and how sure the network is." }),
      this.pictures, this.more, this.dialog.element)
    this.open(FIRST, false)
  }

  /**
   * Show the images that are chosen.
   * @param {{ label: string, answer: string, sure?: string, order?: string }} chosen
   * @param {boolean} comesIntoSight whether the gallery is scrolled to, with the focus.
   */
  open(chosen, comesIntoSight = true) {
    this.chosen = { ...FIRST, ...chosen }
    for (const [name, { select }] of Object.entries(this.fields)) select.value = this.chosen[name]
    this.found = this.find()
    this.heading.textContent = this.title()
    this.pictures.replaceChildren()
    this.add()
    if (comesIntoSight) {
      this.heading.focus({ preventScroll: true })
      this.element.scrollIntoView({ block: "start" })
    }
  }

  sureness(index) {
    return this.answers.share(index, this.answers.answers[index])
  }

  find() {
    const { label, answer, sure, order } = this.chosen
    const isRead = {
      any: () => true,
      wrong: index => this.answers.answers[index] !== this.images.labels[index],
      right: index => this.answers.answers[index] === this.images.labels[index],
    }[answer] ?? (index => this.answers.answers[index] === Number(answer))
    const found = []
    for (let index = 0; index < this.images.count; index++) {
      const isWritten = label === "any" || this.images.labels[index] === Number(label)
      if (isWritten && isRead(index) && WITHIN[sure](this.sureness(index))) found.push(index)
    }
    const sign = order === "surest" ? -1 : 1
    return found.sort((one, other) => sign * (this.sureness(one) - this.sureness(other)))
  }

  title() {
    const { label, answer, order } = this.chosen
    const written = label === "any" ? "" : `${aDigit(Number(label))} `
    const read = { any: "read as any digit", wrong: "misread", right: "read right" }[answer] ??
      `read as ${aDigit(Number(answer))}`
    const sorted = order === "surest" ? "the surest first" : "the least sure first"
    return `${counted(this.found.length, "image")}: ${written}${read}, ${sorted}`
  }

  add() {
    const shown = this.pictures.children.length
    for (const index of this.found.slice(shown, shown + AT_ONCE)) this.pictures.append(this.thumbnail(index))
    this.more.hidden = this.pictures.children.length >= this.found.length
    if (!this.found.length) this.pictures.append(make("p", { textContent: "There are no such images." }))
  }

  thumbnail(index) {
    const answer = this.answers.answers[index]
    const label = this.images.labels[index]
    const isRight = answer === label
    const sure = probability(this.sureness(index))
    const button = make(isRight ? "button" : "button.inside-wrong", { type: "button", onclick: () => this.dialog.open(index) },
      picture(this.images.image(index)), make("span", { textContent: isRight ? `${label}` : `${label} → ${answer}` }),
      make("small", { textContent: sure }))
    button.ariaLabel = `${aDigit(label)} read as ${aDigit(answer)}, ${sure} sure`
    return button
  }
}
