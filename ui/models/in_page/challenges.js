// Tasks for whoever wants more than the presets, which of them a run of the visitor has solved, and what others published.

import { make } from "../../shared/in_page/dom.js"
import { percent } from "../../shared/in_page/words.js"
import { showBoard } from "./board.js"

/**
 * @typedef {{ name: string, task: string, hint: string, picture: string | null, start: Record<string, string>, board: import("./board.js").Board,
 *   solution: { run: string, name: string, accuracy: number } | null }} Challenge
 */

/**
 * @param {HTMLDetailsElement} part
 * @param {Challenge[]} challenges
 * @param {number} days for which the board keeps an entry.
 * @param {(path: string, search: string, words: string) => void} share hand out a link.
 * @param {(request: import("./models.js").Request) => void} ask the page for something.
 */
export function showChallenges(part, challenges, days, share, ask) {
  const told = JSON.stringify(challenges)
  if (part.dataset.told === told) return
  part.dataset.told = told
  const focused = document.activeElement?.closest?.(".runs-challenges > li")?.dataset.challenge
  const solved = challenges.filter(({ solution }) => solution).map(({ name }) => name)
  const names = challenges.map(({ name }) => name).join(", ")
  const items = challenges.map(challenge => {
    const item = make("li", { tabIndex: -1 }, ...entry(challenge, share), showBoard(challenge, days, ask))
    item.dataset.challenge = challenge.name
    return item
  })
  part.replaceChildren(make("summary", { textContent: `Challenges: ${names}${solved.length ? ` · solved: ${solved.join(", ")}` : ""}` }), make("ul.runs-challenges", {}, ...items))
  // What was pressed may be gone.
  items.find(({ dataset }) => dataset.challenge === focused)?.focus({ preventScroll: true })
  openWanted(part, items)
}

// Train leads here with the name of a challenge; the address loses it once runs are compared or not.
let wanted = ""

/** Take over which challenge the address names. */
export function readWanted() {
  wanted = new URLSearchParams(location.search).get("challenge") ?? ""
}

function openWanted(part, items) {
  const item = items.find(({ dataset }) => dataset.challenge === wanted)
  wanted = ""
  if (!item) return
  part.open = true
  setTimeout(() => {
    item.scrollIntoView({ block: "center" })
    item.focus({ preventScroll: true })
  })
}

function entry({ name, task, hint, picture, start, solution }, share) {
  const drawing = picture ? [make("img.runs-drawn", { src: picture, alt: "A 7 with a bar, turned by 30 degrees" })] : []
  const title = [make("strong", { textContent: name }), make("p", { textContent: task }), ...drawing]
  if (!solution) {
    const link = make("a", { href: `./?${new URLSearchParams({ ...start, challenge: name })}`, target: "_self", textContent: "Try it", ariaLabel: `Try it: ${name}` })
    return [...title, make("small", { textContent: hint }), link]
  }
  const link = make("a", { href: `./?run=${encodeURIComponent(solution.run)}`, target: "_self", textContent: solution.name })
  const button = make("button.runs-button", { type: "button", textContent: "Share the solution" })
  button.onclick = () => share("./", `run=${solution.run}`, "Link copied. It shows this run to anyone.")
  return [...title, make("p.runs-solved", {}, "Solved by ", link, ` with ${percent(solution.accuracy)}`), button]
}
