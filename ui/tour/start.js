// Fetches the module of the tour, and tells it which page this is.

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector(".tour-start")
  import(new URL(data.module, document.baseURI)).then(
    ({ tour }) => tour.at(data.page, data.title, button),
    () => { button.hidden = true },
  )
}
