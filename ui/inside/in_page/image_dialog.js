// One test image, enlarged, with the probability of each digit and the picture of the network that reads it.

import { Network } from "../../shared/in_page/forward.js"
import { NetworkPicture } from "../../shared/network_picture/network_picture.js"
import { dialog, make, picture } from "./dom.js"
import { aDigit, grouped, probability } from "../../shared/in_page/words.js"

export class ImageDialog {
  /**
   * @param {import("./source.js").Images} images
   * @param {import("./source.js").Answers} answers
   * @param {import("./source.js").Source} source
   */
  constructor(images, answers, source) {
    this.images = images
    this.answers = answers
    this.source = source
    this.network = make("div")
    this.content = make("div.inside-image")
    this.element = dialog("A test image", this.content, this.network)
  }

  /** @param {number} index of the image. */
  open(index) {
    const label = this.images.labels[index]
    const answer = this.answers.answers[index]
    const isRight = label === answer
    const sure = probability(this.answers.share(index, answer))
    const words = `Test image ${grouped(index + 1)}. It was written as ${aDigit(label)} and is read as ` +
      `${aDigit(answer)}${isRight ? "" : ", a mistake"}, ${sure} sure.`
    this.content.replaceChildren(picture(this.images.image(index)), make("p", { textContent: words }), this.bars(index))
    this.element.showModal()
    this.showNetwork(this.images.image(index)).catch(error => { this.network.textContent = error.message })
  }

  async showNetwork(image) {
    const { widths, activation, temperature } = this.source.offer
    const parameters = await this.source.weights()
    if (!this.picture) {
      this.network.replaceChildren()
      this.picture = new NetworkPicture(this.network)
      this.reader = new Network(parameters, [...widths], activation)
    }
    this.picture.show({ network: this.reader, image, temperature })
  }

  bars(index) {
    const bars = make("ol.inside-bars", { start: 0 })
    for (let digit = 0; digit < 10; digit++) {
      const share = this.answers.share(index, digit)
      const bar = make("span.inside-bar")
      bar.style.setProperty("--share", share)
      const row = make("li", {}, make("span", { textContent: digit }), bar, make("span", { textContent: probability(share) }))
      if (digit === this.answers.answers[index]) row.className = "inside-best"
      bars.append(row)
    }
    return bars
  }
}
