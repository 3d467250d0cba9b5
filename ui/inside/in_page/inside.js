// The tabs of the page; a view is made when its tab is first opened.

import { make } from "./dom.js"
import { Source } from "./source.js"

/** Of each tab: its name, what is said while it is made, and the module that makes it. */
const VIEWS = [
  { name: "Mistakes", waiting: "Reading the 10,000 test images …", module: "./mistakes.js" },
  { name: "Weights", waiting: "Fetching the weights …", module: "./weights_view.js" },
  { name: "Break it", waiting: "Fetching the weights and the test images …", module: "./break_it.js" },
  { name: "Map", waiting: "Placing the test images …", module: "./map.js" },
  { name: "Fool it", waiting: "Fetching the weights and the test images …", module: "./fool_it.js" },
]

let opened = VIEWS[0].name // stays so when another network is shown
let source = /** @type {Source | null} */ (null)

/**
 * Show the views of a network; nothing happens if they are there already.
 * @param {HTMLElement} place
 * @param {{ images: string, network: import("./source.js").Offer, drawing: string }} data with a drawing in Base64, if any.
 */
export function show(place, data) {
  const told = JSON.stringify(data)
  if (place.dataset.told === told) return
  place.dataset.told = told
  source?.end()
  const drawing = data.drawing ? Uint8Array.from(atob(data.drawing), sign => sign.charCodeAt(0)) : null
  source = new Source(data.images, data.network, drawing)
  const tabs = make("div.inside-tabs", { role: "tablist", ariaLabel: "Views" })
  const panels = VIEWS.map((view, index) => addTab(tabs, view, index))
  place.replaceChildren(tabs, ...panels)
  open(tabs, VIEWS.findIndex(({ name }) => name === opened))
  tabs.onkeydown = event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    const index = [...tabs.children].indexOf(document.activeElement)
    tabs.children[(index + step + VIEWS.length) % VIEWS.length].focus()
  }
}

function addTab(tabs, view, index) {
  const id = `inside-${view.name.toLowerCase().replaceAll(" ", "-")}`
  const panel = make("div.inside-view", { role: "tabpanel", id, hidden: true })
  const tab = make("button", { type: "button", role: "tab", id: `${id}-tab`, textContent: view.name })
  tab.setAttribute("aria-controls", id)
  panel.setAttribute("aria-labelledby", tab.id)
  tab.onclick = () => open(tabs, index)
  tab.addEventListener("opened", () => fill(panel, view))
  tabs.append(tab)
  return panel
}

function open(tabs, chosen) {
  opened = VIEWS[chosen].name
  ;[...tabs.children].forEach((tab, index) => {
    tab.ariaSelected = String(index === chosen)
    tab.tabIndex = index === chosen ? 0 : -1
    document.getElementById(tab.getAttribute("aria-controls")).hidden = index !== chosen
  })
  tabs.children[chosen].dispatchEvent(new Event("opened"))
}

async function fill(panel, view) {
  if (panel.dataset.state) return
  panel.dataset.state = "waiting"
  panel.replaceChildren(make("p.inside-waiting", { role: "status", textContent: view.waiting }))
  try {
    const { show: showView } = await import(view.module)
    await showView(panel, source)
    panel.dataset.state = "shown"
  } catch (error) {
    panel.replaceChildren(make("p.inside-trouble", { role: "alert", textContent: error.message }))
    delete panel.dataset.state
  }
}
