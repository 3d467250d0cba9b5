// The view Fool it: how few dots turn an answer that was right.

import { colour, make, picture } from "./dom.js"
import { Pad } from "./pad.js"
import { aDigit, counted } from "../../shared/in_page/words.js"

const AT_ONCE = 12
const SIDE = 28
const SCALE = 5 // pixels of the picture for one of the image

/**
 * @param {HTMLElement} panel
 * @param {import("./source.js").Source} source
 */
export async function show(panel, source) {
  const [images, answers, computer] = await Promise.all([source.images(), source.answers(), source.computer()])
  const right = [...images.labels.keys()].filter(index => answers.answers[index] === images.labels[index])
  const pictures = make("div.inside-gallery.inside-fooled")
  let at = 0
  const ask = () => {
    pictures.replaceChildren()
    const indices = right.slice(at, at + AT_ONCE)
    at = at + AT_ONCE < right.length ? at + AT_ONCE : 0
    return computer.ask("fool", { indices }, ({ index, found }) => pictures.append(fooled(images.image(index), found, panel)))
      .catch(error => { pictures.textContent = error.message })
  }
  const own = make("div.inside-gallery.inside-fooled", { role: "status" })
  const pad = new Pad(source, () => own.replaceChildren(), image => {
    if (!image) return
    const drawn = image.slice()
    computer.ask("drawing", { image: drawn }, ({ found }) => own.replaceChildren(fooled(drawn, found, panel)))
      .catch(error => { own.textContent = error.message })
  })
  const next = make("button.inside-button", { type: "button", textContent: "Twelve others", onclick: ask })
  panel.replaceChildren(
    make("p", {
      textContent: "Dots added (blue) or erased (orange, crossed) turn an answer: the network's own gradient says which pixel helps " +
        "another digit most, and pixels are changed one by one until it wins. There may be a way with fewer.",
    }),
    make("div.inside-pad-row", {}, pad.element, own),
    make("p", { textContent: "Each of these test images was read right, before its dots." }),
    make("div.inside-row", {}, next), pictures,
  )
  pad.show()
  ask()
}

function fooled(image, found, place) {
  const canvas = enlarged(image)
  const words = found
    ? `${aDigit(found.before)}, ${counted(found.added.length + found.erased.length, "dot")} → ${aDigit(found.after)}`
    : "stays what it is, even with 60 dots"
  if (found) mark(canvas.getContext("2d"), found, place)
  canvas.role = "img"
  canvas.ariaLabel = found
    ? `${aDigit(found.before)} with ${found.added.length} added and ${found.erased.length} erased dots is read as ${aDigit(found.after)}`
    : `An image that ${words}`
  return make("figure", {}, canvas, make("figcaption", { textContent: words }))
}

function enlarged(image) {
  const canvas = make("canvas.inside-picture", { width: SIDE * SCALE, height: SIDE * SCALE })
  const context = canvas.getContext("2d")
  context.imageSmoothingEnabled = false
  context.drawImage(picture(image), 0, 0, canvas.width, canvas.height)
  return canvas
}

function mark(context, { added, erased }, place) {
  context.fillStyle = colour(place, "added")
  for (const pixel of added) context.fillRect(...corner(pixel), SCALE, SCALE)
  context.fillStyle = context.strokeStyle = colour(place, "erased")
  for (const pixel of erased) {
    const [x, y] = corner(pixel)
    context.fillRect(x, y, SCALE, SCALE)
    context.strokeStyle = "black"
    context.beginPath()
    context.moveTo(x, y)
    context.lineTo(x + SCALE, y + SCALE)
    context.moveTo(x + SCALE, y)
    context.lineTo(x, y + SCALE)
    context.stroke()
  }
}

const corner = pixel => [(pixel % SIDE) * SCALE, Math.floor(pixel / SIDE) * SCALE]
