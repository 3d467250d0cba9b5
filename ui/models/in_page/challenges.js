// Tasks for whoever wants more than the presets, and which of them a run of the visitor has solved.

import { make } from "../../shared/in_page/dom.js"
import { percent } from "../../shared/in_page/words.js"

/**
 * @typedef {{ name: string, task: string, hint: string, start: Record<string, string>,
 *   solution: { run: string, name: string, accuracy: number } | null }} Challenge
 */

/**
 * @param {HTMLDetailsElement} part
 * @param {Challenge[]} challenges
 * @param {(path: string, search: string, words: string) => void} share hand out a link.
 */
export function showChallenges(part, challenges, share) {
  const told = JSON.stringify(challenges)
  if (part.dataset.told === told) return
  part.dataset.told = told
  const solved = challenges.filter(({ solution }) => solution).length
  part.replaceChildren(make("summary", { textContent: `Challenges · ${solved} of ${challenges.length} solved` }),
    make("ul.runs-challenges", {}, ...challenges.map(each => make("li", {}, ...entry(each, share)))))
}

function entry({ name, task, hint, start, solution }, share) {
  const title = [make("strong", { textContent: name }), make("p", { textContent: task })]
  if (!solution) {
    const link = make("a", { href: `./?${new URLSearchParams(start)}`, target: "_self", textContent: "Try it" })
    return [...title, make("small", { textContent: hint }), link]
  }
  const link = make("a", { href: `./?run=${encodeURIComponent(solution.run)}`, target: "_self", textContent: solution.name })
  const button = make("button.runs-button", { type: "button", textContent: "Share the solution" })
  button.onclick = () => share("./", `run=${solution.run}`, "Link copied. It shows this run to anyone.")
  return [...title, make("p.runs-solved", {}, "Solved by ", link, ` with ${percent(solution.accuracy)}`), button]
}
