// Fetches the module of the lesson's parts, and tells it which one to show.

export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".lesson-part")
  import(new URL(data.module, document.baseURI)).then(module => module.showIn(place, data)).catch(() => {
    place.textContent = "This picture could not be loaded. Please reload the page."
  })
}
