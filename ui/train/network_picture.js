// Fetches the module of the picture, and tells it what to show.

export default function ({ data, parentElement }) {
  parentElement.querySelector("h2").textContent = data.title
  parentElement.querySelector(".network-on-train-words").textContent = data.words
  const place = parentElement.querySelector(".network-on-train")
  import(new URL(data.module, document.baseURI)).then(module => module.showIn(place, data), () => {
    place.classList.add("module-missing")
    place.textContent = "This picture could not be loaded. Please reload the page."
  })
}
