// Fetches the module of the tour, and tells it which page this is. Until it is there the button is hidden, as a press would be lost; without it it stays so.

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector(".tour-start")
  import(new URL(data.module, document.baseURI)).then(({ tour }) => tour.at(data.page, data.title, button), () => {})
}
