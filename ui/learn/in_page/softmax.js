// From ten scores to ten shares, with scores that can be moved, and why the shares cannot say "none".

import { make } from "../../shared/in_page/dom.js"
import { aDigit, probability } from "../../shared/in_page/words.js"
import { brief } from "../../shared/network_picture/output_panel.js"
import { imageTile } from "../../shared/network_picture/looks_for.js"

const SIDE = 28
const FURTHEST = 12 // that a slider moves a score

/** A table of scores, their powers and shares, and two sliders. */
export class Softmax {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.one = slider("one", 0)
    this.all = slider("all", 0)
    this.other = make("input", { type: "checkbox", role: "switch" })
    this.picture = make("canvas.lesson-shown", { width: SIDE, height: SIDE, role: "img" })
    place.append(
      make("label.lesson-switch", {}, this.other, "Show it a face, which is no digit. It sees:", this.picture),
      make("table.lesson-softmax", { innerHTML: `<thead><tr><th scope="col">digit</th><th scope="col">score</th>
        <th scope="col">exp(score)</th><th scope="col">share of the sum</th></tr></thead><tbody></tbody>
        <tfoot><tr><th scope="row">sum</th><td></td><td></td><td>100%</td></tr></tfoot>` }),
      make("label.lesson-slider", {}, make("span"), this.one),
      make("label.lesson-slider", {}, make("span"), this.all),
      make("p.lesson-said", { role: "status" }))
    this.find = selector => place.querySelector(selector)
    this.labels = [...place.querySelectorAll(".lesson-slider span")]
    this.rows = Array.from({ length: 10 }, (_, digit) => this.find("tbody").appendChild(
      make("tr", {}, make("th", { scope: "row", textContent: digit }), make("td"), make("td"), make("td"))))
    this.one.oninput = this.all.oninput = () => this.update()
    this.other.onchange = () => this.read()
  }

  /** @param {import("../../shared/network_picture/network_picture.js").Reading} reading */
  show(reading) {
    this.reading = reading
    this.read()
  }

  read() {
    const { network, image, temperature } = this.reading
    const shown = this.other.checked ? face() : image
    this.picture.getContext("2d").drawImage(imageTile(shown), 0, 0)
    this.picture.ariaLabel = this.other.checked ? "What it is shown: a face" : "What it is shown: a digit"
    network.read(shown, temperature)
    this.scores = Array.from(network.layers.at(-1), score => score / temperature)
    this.best = this.scores.indexOf(Math.max(...this.scores))
    this.one.value = this.all.value = "0"
    this.update()
  }

  update() {
    const [one, all] = [this.one.valueAsNumber, this.all.valueAsNumber]
    const scores = this.scores.map((score, digit) => score + all + (digit === this.best ? one : 0))
    const powers = scores.map(Math.exp)
    const sum = powers.reduce((total, power) => total + power)
    scores.forEach((score, digit) => {
      const share = powers[digit] / sum
      const [, first, second, third] = this.rows[digit].children
      first.textContent = (Math.abs(score) < 0.05 ? 0 : score).toFixed(1).replace("-", "−")
      second.textContent = brief(powers[digit])
      third.textContent = probability(share)
      third.style.setProperty("--share", share)
    })
    this.find("tfoot td:nth-child(3)").textContent = brief(sum)
    const moved = number => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(1)}`
    this.labels[0].textContent = `Only the score of the ${this.best}: ${moved(one)}`
    this.labels[1].textContent = `All ten scores: ${moved(all)}`
    this.say(powers.map(power => power / sum), all)
  }

  say(shares, all) {
    const largest = shares.indexOf(Math.max(...shares))
    const read = `It reads ${aDigit(largest)} (${probability(shares[largest])}).`
    const said = all !== 0
      ? "All ten went up or down by the same, and not one share has changed: only differences count."
      : this.other.checked
        ? "There is no digit here, and the ten shares sum to 100% all the same. There is no eleventh row for “none of them”."
        : "Every score, however low, gets a share above 0, and the shares always sum to 100%."
    this.find(".lesson-said").textContent = `${read} ${said}`
  }
}

function slider(name, value) {
  return make("input", { type: "range", name, min: -FURTHEST, max: FURTHEST, step: 0.1, value })
}

// Something that is no digit: a circle with two eyes and a mouth.
function face() {
  const canvas = make("canvas", { width: SIDE, height: SIDE })
  const context = canvas.getContext("2d")
  context.strokeStyle = context.fillStyle = "#fff"
  context.lineWidth = 2
  const arc = (x, y, radius, from, to) => { context.beginPath(); context.arc(x, y, radius, from, to) }
  arc(14, 14, 9.5, 0, 2 * Math.PI); context.stroke()
  arc(14, 14, 5, 0.15 * Math.PI, 0.85 * Math.PI); context.stroke()
  for (const x of [10.5, 17.5]) { arc(x, 11, 1.6, 0, 2 * Math.PI); context.fill() }
  const { data } = context.getImageData(0, 0, SIDE, SIDE)
  return Uint8Array.from({ length: SIDE ** 2 }, (_, pixel) => data[4 * pixel + 3])
}
