// The training images that are nearest to a drawing by what the network's last hidden layer says of them.

import { aDigit, grouped } from "../../shared/in_page/words.js"

const PIXELS = 28 * 28
const MILLISECONDS_OF_REST = 400 // of the pen, before they are looked for

let shown = "" // the address and the drawing that they are of
let timer = 0
let asking = /** @type {AbortController | null} */ (null)

/**
 * Show the neighbours of a drawing in an open part of the page.
 * @param {HTMLElement} place with a paragraph for words, and a row for pictures.
 * @param {string} address where to ask.
 * @param {string} image 784 bytes in Base64.
 */
export function show(place, address, image) {
  if (shown === address + image && place.querySelector("figure")) return
  shown = address + image
  clearTimeout(timer)
  asking?.abort()
  const words = place.querySelector("p")
  if (!words.textContent) words.textContent = "Looking through the training images …"
  timer = setTimeout(() => look(place, address, image), MILLISECONDS_OF_REST)
}

async function look(place, address, image) {
  asking = new AbortController()
  const [words, row] = [place.querySelector("p"), place.querySelector(".answer-pictures")]
  try {
    const answer = await fetch(`${address}?image=${encodeURIComponent(image)}`, { signal: asking.signal })
    if (!answer.ok) throw new Error(await answer.text())
    const found = await answer.json()
    words.textContent = inWords(found)
    row.replaceChildren(...pictures(found))
  } catch (error) {
    if (error.name === "AbortError") return // a newer drawing is looked for
    shown = ""
    row.replaceChildren()
    words.textContent = error instanceof TypeError ? "The server does not answer. Close this and open it again in a while." : error.message
  }
}

function inWords({ labels, asked, all, byPixels }) {
  const counts = new Map()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const ranked = [...counts].sort(([, one], [, other]) => other - one)
  const said = ranked.map(([label, count]) => `${count === labels.length ? "all" : count} ${count === 1 ? "shows" : "show"} ${aDigit(label)}`)
  const among = asked < all ? `the first ${grouped(asked)} of MNIST’s ${grouped(all)} training images` : `MNIST’s ${grouped(all)} training images`
  const by = byPixels ? "their pixels" : "what the last hidden layer says of them"
  return `Of the ${labels.length} nearest, ${said.join(", ")}. Compared with ${among} by ${by}; the nearest comes first.`
}

function pictures({ images, labels }) {
  const pixels = Uint8Array.from(atob(images), sign => sign.charCodeAt(0))
  return labels.map((label, index) => {
    const figure = document.createElement("figure")
    const caption = document.createElement("figcaption")
    caption.className = "answer-caption"
    caption.textContent = label
    figure.append(painted(pixels.subarray(index * PIXELS, (index + 1) * PIXELS)), caption)
    return figure
  })
}

function painted(pixels) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 28, height: 28, ariaHidden: "true" })
  const context = canvas.getContext("2d")
  const image = context.createImageData(28, 28)
  pixels.forEach((value, at) => {
    image.data.fill(value, 4 * at, 4 * at + 3)
    image.data[4 * at + 3] = 255
  })
  context.putImageData(image, 0, 0)
  return canvas
}
