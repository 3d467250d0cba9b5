// What visitors have published for a challenge: a chosen name, the score, and a link that trains the same.

import { make } from "../../shared/in_page/dom.js"
import { percent } from "../../shared/in_page/words.js"

/**
 * @typedef {{ entries: { name: string, accuracy: number, settings: string, query: Record<string, string>, own: boolean }[],
 *   own: number | null, candidate: string | null, names: string[] }} Board `own`: what the visitor has published; `candidate`: which
 *   run would be better.
 */

/**
 * @param {{ name: string, board: Board }} challenge
 * @param {number} days for which an entry is kept.
 * @param {(request: import("./models.js").Request) => void} ask the page for something.
 * @returns {HTMLElement}
 */
export function showBoard({ name, board }, days, ask) {
  const { entries, own, candidate, names } = board
  const place = make("div.runs-board")
  if (entries.length) {
    place.append(make("h4", { textContent: "The board" }), make("ol", {}, ...entries.map(entryOf)))
  }
  if (candidate) place.append(offer(name, candidate, names, own, days, ask))
  if (own !== null) {
    const withdraw = make("button.runs-button", { type: "button", textContent: "Withdraw yours", onclick: () => ask({ what: "withdraw", challenge: name }) })
    place.append(make("p", {}, `Your entry has ${percent(own)}. `, withdraw))
  }
  return place
}

function entryOf({ name, accuracy, settings, query, own }) {
  const link = make("a", { href: `./?${new URLSearchParams(query)}`, target: "_self", textContent: "train the same", ariaLabel: `Train the same as ${name}, ${percent(accuracy)}` })
  return make(own ? "li.runs-own" : "li", {}, make("b", { textContent: percent(accuracy) }), ` ${name}${own ? " (you)" : ""}`, make("small", { textContent: settings }), link)
}

// Nobody writes a name: one of a few is chosen, and only what is pressed is published.
function offer(challenge, run, names, own, days, ask) {
  const select = make("select", { ariaLabel: "Name on the board" }, ...names.map(value => make("option", { value, textContent: value })))
  const button = make("button.runs-button", { type: "button", textContent: own === null ? "Publish" : "Publish this better one" })
  button.onclick = () => ask({ what: "publish", runs: [run], challenge, name: select.value })
  const words = `Everybody here then sees the settings and the accuracy of this run under that name, for ${days} days or until you withdraw it. Nothing else of you.`
  return make("div.runs-publish", {}, make("label", {}, "On the board as ", select), button, make("small", { textContent: words }))
}
