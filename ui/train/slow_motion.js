// Fetches the module that shows a step in slow motion, and tells it what to show.

export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".slow-motion")
  import(new URL(data.module, document.baseURI)).then(module => module.showIn(place, data), () => {
    place.textContent = "The slow motion could not be loaded; please reload the page."
  })
}
