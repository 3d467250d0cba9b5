// Precision, recall and F1 of each digit as a table.

import { make } from "./dom.js"

const COLUMNS = [
  ["precision", "Precision", "Of the images read as this digit, how many really are it"],
  ["recall", "Recall", "Of the images of this digit, how many are read as it"],
  ["f1", "F1", "Harmonic mean of precision and recall: near the smaller of the two"],
]

/**
 * @param {import("./source.js").Answers} answers
 * @returns {HTMLElement}
 */
export function showScores(answers) {
  const table = make("table.inside-scores", {}, make("tr", {}, make("th", { scope: "col", textContent: "Digit" }),
    ...COLUMNS.map(([, words, title]) => make("th", { scope: "col", textContent: words, title }))))
  const lowest = Object.fromEntries(COLUMNS.map(([name]) => [name, Math.min(...answers[name].map(value => value ?? 1))]))
  for (let digit = 0; digit < 10; digit++) {
    table.append(make("tr", {}, make("th", { scope: "row", textContent: digit }), ...COLUMNS.map(([name]) => {
      const value = answers[name][digit]
      const isLowest = value === lowest[name] && value < 1
      return make(isLowest ? "td.inside-lowest" : "td", { textContent: value === null ? "-" : written(value) })
    })))
  }
  return make("section", {}, make("h2", { textContent: "How well each digit is read" }), table, make("p.inside-small", {
    textContent: "Precision: of the images read as a digit, how many really are it. Recall: of the images of a digit, " +
      "how many are read as it. F1 is one number for both, near the smaller. The lowest are bold; a dash: never read as it.",
  }))
}

// Only what is all of them is 100%.
function written(share) {
  const said = (100 * share).toFixed(1)
  return said === "100.0" && share < 1 ? "99.9%" : `${said}%`
}
