// Names the digit that is to be drawn, and sends what is pressed; tools.js has waited for the canvas to send its strokes.

const DIGITS = 10
const CANVAS = ".st-key-pad [data-testid=stBidiComponentIsolated]"

function place(number, { digit, drawn }) {
  const element = document.createElement("span")
  if (number === digit) element.className = "round-now"
  if (drawn[number]) {
    const image = element.appendChild(document.createElement("img"))
    image.src = drawn[number]
    image.alt = ""
  } else {
    element.textContent = number < digit ? "–" : number
  }
  return element
}

// A stroke on a canvas that is about to be changed for an empty one would be lost.
function holdCanvas(isHeld) {
  for (const host of document.querySelectorAll(CANVAS)) host.style.pointerEvents = isHeld ? "none" : ""
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const find = selector => parentElement.querySelector(selector)
  const write = (selector, words) => {
    if (find(selector).textContent !== words) find(selector).textContent = words
  }
  write(".round-words strong", data.words)
  write(".round-place", data.place)
  write(".round-trouble", data.trouble)
  find(".round-drawn").replaceChildren(...Array.from({ length: DIGITS }, (_, number) => place(number, data)))
  const redo = find("[data-what=redo]")
  redo.textContent = `Redo ${data.digit - 1}`
  redo.hidden = data.digit === 0
  holdCanvas(false)
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = () => {
      holdCanvas(true)
      setTriggerValue("pressed", { what: button.dataset.what, digit: data.digit })
    }
  }
}
