// Fetches the module that draws and reads. Without it there are a sentence and the button.

export default function ({ data, parentElement }) {
  parentElement.querySelector(".greeting-about").textContent = data.about
  parentElement.querySelector(".greeting-time").textContent = data.time
  // One press is the same as the one on the form, whose settings are what is trained with.
  parentElement.querySelector(".greeting-train").onclick = () => document.querySelector(".st-key-train button")?.click()
  const place = parentElement.querySelector(".greeting")
  const network = JSON.parse(data.network)
  import(new URL(data.module, document.baseURI)).then(module => module.greet(place, network, () => fetchAhead(data.plotly)), () => withoutPicture(place))
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
