// Fetches the module that draws and reads. Without it there are a sentence and the button.

const followed = new WeakSet() // elements that say a time

export default function ({ data, parentElement }) {
  parentElement.querySelector(".greeting-about").textContent = data.about
  // One press is the same as the one on the form, whose settings are what is trained with.
  parentElement.querySelector(".greeting-train").onclick = () => document.querySelector(".st-key-train button")?.click()
  const place = parentElement.querySelector(".greeting")
  followTime(place.querySelector(".greeting-time"))
  const network = JSON.parse(data.network)
  import(new URL(data.module, document.baseURI)).then(module => module.greet(place, network, () => fetchAhead(data.plotly)), () => withoutPicture(place))
}

// Says the time that stands below Train, which is looked at again: one page says one time.
function followTime(time) {
  if (followed.has(time)) return
  followed.add(time)
  const workspace = document.querySelector(".st-key-workspace")
  const say = () => {
    if (!time.isConnected) return watch.disconnect()
    const said = workspace.querySelector(".st-key-expected_time strong")?.textContent
    const now = said ? `about ${said}` : ""
    if (time.textContent !== now) time.textContent = now
  }
  const watch = new MutationObserver(say)
  watch.observe(workspace, { childList: true, subtree: true, characterData: true })
  say()
}

// What would be drawn on, and what would move, takes no room.
function withoutPicture(place) {
  place.classList.add("module-missing")
  place.querySelector(".greeting-invitation").textContent =
    "The network that reads here could not be loaded. Reload the page to try again. On Draw, the server reads."
}

// The charts are next: their script is fetched, but not read, which would take a second of the page.
function fetchAhead(address) {
  document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", as: "script", href: address }))
}
