// What the drawing canvas does not do by itself: to fit its place, to say what it is for, to name its buttons, and
// to have sent its last stroke before it is changed for another. Of its toolbar, five icons without names, a visitor needs one; it is hidden, and pressed from here.
const STYLE = `
  .dc-toolbar { display: none !important; }
  .dc-container { width: var(--canvas-side) !important; height: var(--canvas-side) !important;
    border-radius: 0.6rem; overflow: hidden; }
  .dc-container::after { content: ""; position: absolute; inset: 0; z-index: 12; pointer-events: none; border-radius: inherit;
    border: 2px solid light-dark(#10161d, #76879a); }
  .dc-container .canvas-container, .dc-container canvas { width: 100% !important; height: 100% !important; }
  .dc-canvas { outline: none !important; }
  .invitation { position: absolute; inset: 0; z-index: 11; display: grid; place-content: center; text-align: center; margin: 0;
    pointer-events: none; color: #b9c4cf; font: 600 1.25rem/1.5 var(--st-font, sans-serif); opacity: var(--canvas-invites, 0); }
  .invitation span { font-weight: 400; font-size: 1rem; }
`
const NAME = "Drawing canvas: draw one digit, 0 to 9, with the mouse or a finger. Or pick a test image instead."

// The canvas sends a stroke 200 ms after its end. What changes it for another one has to come after that.
const MILLISECONDS_FOR_A_STROKE = 300
const CHANGES_CANVAS = ".st-key-own_ten button, .round-buttons button"
let isOnCanvas = false
let lifted = -Infinity // when the pen last was, from the canvas
let isWaiting = false // a press, for the stroke before it

function canvasHosts() {
  return [...document.querySelectorAll(".st-key-pad [data-testid=stBidiComponentIsolated]")]
}

function shadowRoots() {
  return canvasHosts().flatMap(({ shadowRoot }) => shadowRoot ?? [])
}

function begin(event) {
  isOnCanvas = event.composedPath()[0] instanceof HTMLCanvasElement
}

function end() {
  if (isOnCanvas) lifted = performance.now()
}

function press(event) {
  const button = event.target instanceof Element && event.target.closest(CHANGES_CANVAS)
  const rest = lifted + MILLISECONDS_FOR_A_STROKE - performance.now()
  if (!button || rest <= 0) return
  event.stopImmediatePropagation()
  if (isWaiting) return
  isWaiting = true
  for (const host of canvasHosts()) host.style.pointerEvents = "none" // no stroke that would be lost
  setTimeout(() => {
    isWaiting = false
    for (const host of canvasHosts()) host.style.pointerEvents = ""
    button.click()
  }, rest)
}

addEventListener("pointerdown", begin, { capture: true, passive: true })
addEventListener("pointerup", end, { capture: true, passive: true })
addEventListener("pointercancel", end, { capture: true, passive: true })
addEventListener("click", press, { capture: true })

function added(parent, name, properties) {
  return parent.appendChild(Object.assign(document.createElement(name), properties))
}

// A canvas after Clear is another one, sometimes within the same root.
function complete() {
  for (const root of shadowRoots()) {
    if (!root.querySelector("style[data-manners]")) added(root, "style", { textContent: STYLE }).dataset.manners = ""
    const container = root.querySelector(".dc-container")
    if (!container || container.querySelector(".invitation")) continue
    Object.assign(container.querySelector("canvas.upper-canvas") ?? {}, { role: "img", ariaLabel: NAME })
    added(container, "p", { className: "invitation", ariaHidden: "true", innerHTML: "Draw here<br><span>one digit, 0 to 9</span>" })
    container.addEventListener("pointerdown", () => document.querySelector(".answer")?.classList.add("answer-begun"))
  }
}

// What the canvas itself can take back is gone at once; the server knows the strokes before those.
function undo(setTriggerValue) {
  const buttons = shadowRoots().map(root => root.querySelector(".dc-toolbar [aria-label=Undo]"))
  const usable = buttons.find(button => button && !button.disabled)
  if (usable) usable.click()
  else setTriggerValue("undo", true)
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  parentElement.querySelector(".canvas-undo").onclick = () => undo(setTriggerValue)
  for (const brush of parentElement.querySelectorAll(".canvas-brushes input")) {
    brush.checked = brush.value === data.brush
    brush.onchange = () => setStateValue("brush", brush.value)
  }
  // After Clear the canvas is another one; its shadow root may come a moment after its element.
  const timer = setInterval(complete, 100)
  complete()
  return () => clearInterval(timer)
}
