// A press on Train, Stop or their like takes its own button away, and the focus of a keyboard with it.
// It goes on to the first thing that can be done now. And a field that a remedy has set comes into sight.

const PRESSED = ".st-key-train, .st-key-stop, .st-key-controls, .st-key-slow_motion_buttons"
// In the place of Train, or with what else can be done with the run.
const NEXT = ".st-key-stop button:enabled, .st-key-controls button:enabled"
const PATIENCE = 3000
const LOOK_EVERY = 50
const IS_PHONE = matchMedia("(max-width: 640px)")
const MOVES_LITTLE = matchMedia("(prefers-reduced-motion: reduce)")
const MARKED = 3000
const MOMENT = 500
let wasPressed = false
let byKeys = false
let fieldShown = ""

addEventListener("click", event => {
  wasPressed = Boolean(event.target.closest?.(PRESSED))
  if (event.isTrusted) byKeys = event.detail === 0
  if (event.target.closest?.(".st-key-train")) showRun(performance.now() + PATIENCE)
}, true)

// On a phone the curves are below what was pressed.
function showRun(until) {
  if (!IS_PHONE.matches) return
  const panel = document.querySelector(".st-key-stop") && document.querySelector(".st-key-run_panel")
  if (panel?.checkVisibility({ visibilityProperty: true }))
    panel.scrollIntoView({ behavior: MOVES_LITTLE.matches ? "instant" : "smooth" })
  else if (performance.now() < until) setTimeout(() => showRun(until), LOOK_EVERY)
}

function isLost() {
  const now = document.activeElement
  return !now || now === document.body || now.matches(":disabled")
}

function moveOn(until) {
  const next = document.querySelector(NEXT)
  if (next && isLost()) next.focus()
  else if (performance.now() < until) setTimeout(() => moveOn(until), LOOK_EVERY)
}

// The field may be folded away: its place on the page is known a moment after it was unfolded.
function showField(name, until, unfolded = -Infinity) {
  const now = performance.now()
  const field = document.querySelector(`.st-key-settings .st-key-${CSS.escape(name)}`)
  if (field?.checkVisibility() && now > unfolded + MOMENT) {
    field.scrollIntoView({ behavior: MOVES_LITTLE.matches ? "instant" : "smooth", block: "center" })
    field.dataset.justSet = ""
    setTimeout(() => delete field.dataset.justSet, MARKED)
    if (byKeys) field.querySelector("input")?.focus({ preventScroll: true })
    return
  }
  const folded = document.querySelector(".st-key-settings details:not([open]) > summary")
  if (folded && unfolded < 0 && !field?.checkVisibility()) {
    folded.click()
    unfolded = now
  }
  if (now < until) setTimeout(() => showField(name, until, unfolded), LOOK_EVERY)
}

export default function ({ data }) {
  if (wasPressed) moveOn(performance.now() + PATIENCE)
  if (data.field && data.field !== fieldShown) showField(data.field, performance.now() + PATIENCE)
  fieldShown = data.field
}
