// A press on Train, Stop or their like takes its own button away, and the focus of a keyboard with it.
// It goes on to the first thing that can be done now.

const PRESSED = ".st-key-train, .st-key-controls"
const NEXT = ".st-key-controls button:enabled"
const PATIENCE = 3000
const LOOK_EVERY = 50
let wasPressed = false

addEventListener("click", event => (wasPressed = Boolean(event.target.closest?.(PRESSED))), true)

function isLost() {
  const now = document.activeElement
  return !now || now === document.body || now.matches(":disabled")
}

function moveOn(until) {
  const next = document.querySelector(NEXT)
  if (next && isLost()) next.focus() // on a phone it has to come into sight, too
  else if (performance.now() < until) setTimeout(() => moveOn(until), LOOK_EVERY)
}

export default function () {
  if (wasPressed) moveOn(performance.now() + PATIENCE)
}
