// What the drawing canvas does not do by itself: to fit a narrow screen, and to name its buttons. Of
// its toolbar, five icons without names, a visitor needs one; it is hidden, and pressed from here.
const STYLE = `
  .dc-toolbar { display: none !important; }
  .dc-container { width: var(--canvas-side) !important; height: var(--canvas-side) !important; }
  .dc-container .canvas-container, .dc-container canvas { width: 100% !important; height: 100% !important; }
`

function shadowRoots() {
  const hosts = document.querySelectorAll(".st-key-pad [data-testid=stBidiComponentIsolated]")
  return [...hosts].flatMap(({ shadowRoot }) => shadowRoot ?? [])
}

function style() {
  for (const root of shadowRoots()) {
    if (root.querySelector("style[data-manners]")) continue
    const element = document.createElement("style")
    element.dataset.manners = ""
    element.textContent = STYLE
    root.append(element)
  }
}

// What the canvas itself can take back is gone at once; the server knows the strokes before those.
function undo(setTriggerValue) {
  const buttons = shadowRoots().map(root => root.querySelector(".dc-toolbar [aria-label=Undo]"))
  const usable = buttons.find(button => button && !button.disabled)
  if (usable) usable.click()
  else setTriggerValue("undo", true)
}

export default function ({ parentElement, setTriggerValue }) {
  parentElement.querySelector(".canvas-undo").onclick = () => undo(setTriggerValue)
  // After Clear the canvas is another one; its shadow root may come a moment after its element.
  const timer = setInterval(style, 100)
  style()
  return () => clearInterval(timer)
}
