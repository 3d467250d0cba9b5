// Icons are names that a font turns into pictures. Where that font does not come, or browsers refuse it, the
// names would stand in the page: the class `icons-missing` hides them (`look.css`).

const FONT = '20px "Material Symbols Rounded"'
const WIDEST_ICON = 40 // pixels; the name is three times as wide
const SECONDS_FOR_THE_FONT = 3 // as long as browsers show nothing in its place

function look() {
  const probe = document.body.appendChild(document.createElement("span"))
  probe.style.cssText = `position: absolute; visibility: hidden; font: ${FONT}`
  probe.textContent = "check_circle"
  document.documentElement.classList.toggle("icons-missing", probe.offsetWidth > WIDEST_ICON)
  probe.remove()
}

const timer = setTimeout(look, 1000 * SECONDS_FOR_THE_FONT)
document.fonts.addEventListener("loadingdone", look)
document.fonts.load(FONT).then(look, look).finally(() => clearTimeout(timer))
