// Names the digit that is to be drawn, and sends what is pressed once the canvas has sent its strokes.

// The canvas sends a stroke 200 ms after its end; what is pressed meanwhile would come before it.
const MILLISECONDS_FOR_A_STROKE = 300
const DIGITS = 10
const CANVAS = ".st-key-pad [data-testid=stBidiComponentIsolated]"
let isOnCanvas = false
let lifted = -Infinity // when the pen last was, from the canvas
let timer = 0 // of what was pressed and is still to be sent

function begin(event) {
  isOnCanvas = event.composedPath()[0] instanceof HTMLCanvasElement
}

function end() {
  if (isOnCanvas) lifted = performance.now()
}

const options = { capture: true, passive: true }
addEventListener("pointerdown", begin, options)
addEventListener("pointerup", end, options)
addEventListener("pointercancel", end, options)

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
  if (!timer) holdCanvas(false)
  for (const button of parentElement.querySelectorAll("button")) {
    const press = () => {
      timer = 0
      setTriggerValue("pressed", { what: button.dataset.what, digit: data.digit })
    }
    button.onclick = () => {
      if (timer) return
      holdCanvas(true)
      timer = setTimeout(press, Math.max(0, lifted + MILLISECONDS_FOR_A_STROKE - performance.now()))
    }
  }
}
