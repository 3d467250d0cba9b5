// Fetches the module that shows the views.

export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".inside")
  import(new URL(data.module, document.baseURI)).then(
    inside => inside.show(place, data),
    () => { place.textContent = "This part of the page could not be loaded. Please reload the page." },
  )
}
