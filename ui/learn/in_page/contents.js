// Marks in the contents of the lesson which section is being read, keeps that link in sight, and shows all of them.

const UNDER_THE_MENU = 140 // pixels from the top of the screen: where reading begins
const MILLISECONDS_OF_LOADING = 15_000
const CONTENTS = ".st-key-lesson_contents"

let isAsked = false

function mark() {
  isAsked = false
  const links = [...document.querySelectorAll(`${CONTENTS} a`)]
  const top = link => document.getElementById(link.hash.slice(1))?.getBoundingClientRect().top ?? Infinity
  const current = links.findLast(link => top(link) < UNDER_THE_MENU)
  for (const link of links) {
    if (link === current) link.ariaCurrent = "location"
    else link.removeAttribute("aria-current")
  }
  const row = current?.closest("ol")
  if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = current.parentElement.offsetLeft - row.offsetLeft
}

addEventListener("scroll", () => {
  if (!isAsked) requestAnimationFrame(mark)
  isAsked = true
}, { capture: true, passive: true })

/**
 * Show all sections below each other, or the row again.
 * @param {boolean} isOpen
 */
function open(isOpen) {
  const button = document.querySelector(".lesson-all")
  if (button) button.ariaExpanded = String(isOpen)
}

// The button opens and closes; so does a press on a link or beside them, and Escape.
addEventListener("click", ({ target }) => {
  const button = target.closest?.(".lesson-all")
  open(button?.ariaExpanded === "false")
})
addEventListener("keydown", ({ key }) => {
  const button = document.querySelector(".lesson-all[aria-expanded=true]")
  if (key !== "Escape" || !button) return
  open(false)
  button.focus()
})

// A link may name a heading: pictures that come later above it would push it away, until somebody moves.
if (location.hash) {
  const stay = new ResizeObserver(() => document.getElementById(location.hash.slice(1))?.scrollIntoView())
  stay.observe(document.querySelector(".st-key-lesson"))
  const leave = () => stay.disconnect()
  for (const name of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(name, leave, { capture: true, passive: true, once: true })
  setTimeout(leave, MILLISECONDS_OF_LOADING)
}
