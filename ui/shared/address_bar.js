// Streamlit makes an entry in the browser's history of every change of the query. Here only another
// run is one: settings that are edited, and what a page adds to its bare address, replace the entry.

function run(search) {
  return new URLSearchParams(search).get("run")
}

function isNewPlace(from, to) {
  if (from.pathname !== to.pathname) return true
  return from.search !== "" && run(from.search) !== run(to.search)
}

function pushOrReplace(state, unused, address) {
  const to = new URL(address ?? location.href, location.href)
  // Streamlit scrolls a box that all pages share: the next page would begin where this one was left.
  if (to.pathname !== location.pathname) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0)
  const write = isNewPlace(location, to) ? History.prototype.pushState : history.replaceState
  write.call(history, state, unused, address)
}

// A field that is left sends its number a moment later, and a page that is opened before that would
// be closed again by it. So a link that is pressed right after a field waits for the number.
const MOMENT = 100
let leftAt = -Infinity

function letNumberGoFirst(event) {
  const link = event.target.closest?.("[data-testid=stPageLink-NavLink]")
  const opensElsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey
  if (!link || opensElsewhere || performance.now() - leftAt > 10 * MOMENT) return
  leftAt = -Infinity
  event.preventDefault()
  event.stopPropagation()
  setTimeout(() => link.click(), MOMENT)
}

addEventListener("focusout", event => {
  if (event.target instanceof HTMLInputElement) leftAt = performance.now()
}, true)
addEventListener("click", letNumberGoFirst, true)

export default function () {
  history.pushState = pushOrReplace
}
