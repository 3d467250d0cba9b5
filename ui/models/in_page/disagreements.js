// The test images that runs read differently, and what a vote of all would say.

import { make } from "../../shared/in_page/dom.js"
import { counted, percent } from "../../shared/in_page/words.js"

const SIDE = 28
const AT_ONCE = 24

/**
 * @param {HTMLElement} place
 * @param {import("./comparison.js").Addresses} addresses
 * @param {string[]} ids
 * @param {import("./comparison.js").Compared[]} runs
 */
export async function showDisagreements(place, addresses, ids, runs) {
  place.replaceChildren(make("p", { role: "status", textContent: "Looking through the 10,000 test images …" }))
  try {
    const told = await (await asked(`${addresses.disagreements}?${new URLSearchParams({ runs: ids.join(",") })}`)).json()
    const content = new Uint8Array(await (await asked(addresses.images)).arrayBuffer())
    const names = told.runs.map(id => runs.find(run => run.id === id)?.name ?? "deleted")
    const list = make("ul.runs-images")
    place.replaceChildren(make("p", { textContent: inWords(told) }), list)
    const more = make("button.runs-button", { type: "button", textContent: "Show more" })
    const add = () => {
      const from = list.children.length
      list.append(...told.images.slice(from, from + AT_ONCE).map(each => card(each, names, content)))
      more.hidden = list.children.length >= told.images.length
    }
    more.onclick = add
    add()
    place.append(more)
  } catch (error) {
    place.replaceChildren(make("p", { role: "alert", textContent: error.message }))
  }
}

async function asked(address) {
  if (!address) throw new Error("The test images are not on this server yet.")
  const answer = await fetch(address).catch(() => { throw new Error("The server does not answer. Please try again in a while.") })
  if (!answer.ok) throw new Error(await answer.text())
  return answer
}

function inWords({ count, images, vote, best, allWrong, runs }) {
  if (!count) return "They read every one of the 10,000 test images as the same digit."
  const shown = images.length < count ? ` Here are the first ${images.length}.` : ""
  const better = vote > best ? "more than any of them alone" : vote === best ? "as many as the best of them alone" : "fewer than the best of them alone"
  return `${counted(count, "test image")} of 10,000 are not read as the same digit by all ${runs.length}. ` +
    (runs.length > 2 ? `By a vote, in which the first of them decides a tie, they would read ${percent(vote)} rightly, ${better} (${percent(best)}). ` : "") +
    `${counted(allWrong, "image")} ${allWrong === 1 ? "is" : "are"} misread by all.${shown}`
}

function card({ index, label, answers }, names, content) {
  const canvas = make("canvas", { width: SIDE, height: SIDE, role: "img", ariaLabel: `Test image ${index}, a ${label}` })
  const context = canvas.getContext("2d")
  const pixels = context.createImageData(SIDE, SIDE)
  content.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE).forEach((value, at) => {
    pixels.data.fill(value, 4 * at, 4 * at + 3)
    pixels.data[4 * at + 3] = 255
  })
  context.putImageData(pixels, 0, 0)
  const said = answers.map((answer, at) => make(answer === label ? "li" : "li.runs-misread", {}, make("b", { textContent: answer }), ` ${names[at]}`))
  return make("li", {}, canvas, make("span", { textContent: `is ${label}` }), make("ul", {}, ...said))
}
