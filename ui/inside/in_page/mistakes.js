// The view Mistakes: what is confused with what, how well each digit is read, and the images themselves.

import { showConfusions } from "./confusions.js"
import { make } from "./dom.js"
import { Gallery } from "./gallery.js"
import { showScores } from "./scores.js"
import { grouped, percent } from "../../shared/in_page/words.js"

/**
 * @param {HTMLElement} panel
 * @param {import("./source.js").Source} source
 */
export async function show(panel, source) {
  const [images, answers] = await Promise.all([source.images(), source.answers()])
  const wrong = images.labels.reduce((count, label, index) => count + (label !== answers.answers[index]), 0)
  const gallery = new Gallery(images, answers, source)
  const open = (label, answer) => gallery.open({ label: String(label), answer: String(answer) })
  panel.replaceChildren(
    make("p", {}, inWords(wrong, images.count)),
    make("div.inside-columns", {}, showConfusions(answers.matrix, open), showScores(answers)),
    gallery.element,
  )
}

function inWords(wrong, count) {
  if (!wrong) return `It reads all ${grouped(count)} test images right.`
  return `Of ${grouped(count)} test images that it never learned from it misreads ${grouped(wrong)} ` +
    `(${percent(wrong / count)}). Choose a square to see its images.`
}
