// Tasks for whoever wants more than the presets, which of them a run of the visitor has solved, and what others published.

import { make } from "../../shared/in_page/dom.js"
import { percent } from "../../shared/in_page/words.js"
import { showBoard } from "./board.js"

/**
 * @typedef {{ name: string, task: string, hint: string, picture: string | null, start: Record<string, string>, board: import("./board.js").Board,
 *   solution: { run: string, name: string, accuracy: number } | null }} Challenge
 */

/** @param {Challenge[]} challenges */
const solvedOf = challenges => challenges.filter(({ solution }) => solution)
/** @param {Challenge[]} challenges */
const nextOf = challenges => challenges.find(({ solution }) => !solution)

/**
 * How far the visitor has come, in a few words.
 * @param {Challenge[]} challenges
 */
export function standing(challenges) {
  const next = nextOf(challenges)
  const count = `${solvedOf(challenges).length} of ${challenges.length} solved`
  return `Challenges: ${count}${next ? `, next: ${next.name}` : ""}`
}

/**
 * @param {HTMLElement} part
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
  const isOpen = Boolean(part.querySelector("details")?.open)
  const solved = solvedOf(challenges).map(({ name }) => name)
  const next = nextOf(challenges)
  const items = challenges.map(challenge => {
    const item = make("li", { tabIndex: -1 }, ...entry(challenge, next, share), showBoard(challenge, days, ask))
    item.dataset.challenge = challenge.name
    return item
  })
  const summary = `${challenges.map(({ name }) => name).join(", ")}${solved.length ? ` · solved: ${solved.join(", ")}` : ""}`
  part.replaceChildren(make("h2", { textContent: "Challenges" }), make("p", {}, ...invitation(challenges, next)),
    make("details.runs-part", { open: isOpen }, make("summary", { textContent: summary }), make("ul.runs-challenges", {}, ...items)))
  // What was pressed may be gone.
  items.find(({ dataset }) => dataset.challenge === focused)?.focus({ preventScroll: true })
  openWanted(part, items)
}

function invitation(challenges, next) {
  if (!next) return [`You have solved all ${challenges.length}.`]
  const isFirst = next === challenges[0] && !solvedOf(challenges).length
  const words = isFirst ? `${challenges.length} tasks: read many digits with few weights, few images or few steps. Begin with ` : "Next: "
  return [words, linkTo(next, next.name), `: ${next.task}`]
}

/** Open the list, and go there. */
export function openChallenges(part) {
  const details = part.querySelector("details")
  details.open = true
  part.scrollIntoView()
  details.querySelector("summary").focus({ preventScroll: true })
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
  part.querySelector("details").open = true
  setTimeout(() => {
    item.scrollIntoView({ block: "center" })
    item.focus({ preventScroll: true })
  })
}

const linkTo = ({ name, start }, words) => make("a", { href: `./?${new URLSearchParams({ ...start, challenge: name })}`, target: "_self", textContent: words, ariaLabel: `Try it: ${name}` })

function entry(challenge, next, share) {
  const { name, task, hint, picture, solution } = challenge
  const drawing = picture ? [make("img.runs-drawn", { src: picture, alt: "A 7 with a bar, turned by 30 degrees" })] : []
  const title = [make("strong", { textContent: name }), make("p", { textContent: task }), ...drawing]
  if (!solution) return [...title, make("small", { textContent: hint }), linkTo(challenge, "Try it")]
  const link = make("a", { href: `./?run=${encodeURIComponent(solution.run)}`, target: "_self", textContent: solution.name })
  const button = make("button.runs-button", { type: "button", textContent: "Share the solution" })
  button.onclick = () => share("./", `run=${solution.run}`, "Link copied. It shows this run to anyone.")
  return [...title, make("p.runs-solved", {}, "Solved by ", link, ` with ${percent(solution.accuracy)}`), button,
    ...(next ? [make("p", {}, "Next: ", linkTo(next, next.name))] : [])]
}
