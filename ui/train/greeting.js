// Fetches the module that draws and reads. Without it there are the words and the button.

export default function ({ data, parentElement }) {
  parentElement.querySelector(".greeting-about").textContent = data.about
  // One press is the same as the one on the form, whose settings are what is trained with.
  parentElement.querySelector(".greeting-train").onclick = () => document.querySelector(".st-key-train button")?.click()
  const place = parentElement.querySelector(".greeting")
  import(new URL(data.module, document.baseURI)).then(module => module.greet(place, data.network, () => fetchAhead(data.plotly)), () => {})
}

// The charts are next: their script is fetched, but not read, which would take a second of the page.
function fetchAhead(address) {
  document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", as: "script", href: address }))
}
