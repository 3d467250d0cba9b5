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
  if (section && to.pathname !== location.pathname) to.hash = section // to which headings scroll as they come
  section = ""
  const write = isNewPlace(location, to) ? History.prototype.pushState : history.replaceState
  write.call(history, state, unused, to)
}

const opensElsewhere = event => event.button || event.ctrlKey || event.metaKey || event.shiftKey
let section = "" // of the page that comes next

// Streamlit opens a link in a text in a tab of its own; one to a page of this app is as a press on its name.
function stayInThisTab(event) {
  const link = event.target.closest?.("a[target=_blank]")
  if (!link || opensElsewhere(event)) return
  const isThere = ({ origin, pathname }) => origin === link.origin && pathname === link.pathname
  const page = [...document.querySelectorAll("[data-testid=stPageLink-NavLink]")].find(isThere)
  if (!page) return
  event.preventDefault()
  section = link.hash
  page.click()
}

// A field that is left sends its number a moment later, and a page that is opened before that would
// be closed again by it. So a link that is pressed right after a field waits for the number.
const MOMENT = 100
let leftAt = -Infinity

function letNumberGoFirst(event) {
  const link = event.target.closest?.("[data-testid=stPageLink-NavLink]")
  if (!link || opensElsewhere(event) || performance.now() - leftAt > 10 * MOMENT) return
  leftAt = -Infinity
  event.preventDefault()
  event.stopPropagation()
  setTimeout(() => link.click(), MOMENT)
}

addEventListener("focusout", event => {
  if (event.target instanceof HTMLInputElement) leftAt = performance.now()
}, true)
addEventListener("click", letNumberGoFirst, true)
addEventListener("click", stayInThisTab, true)

export default function () {
  history.pushState = pushOrReplace
}
