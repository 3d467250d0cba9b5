// Shows a drawing that the server has made, with the same in words.
export default function ({ data, parentElement }) {
  const element = parentElement.querySelector(".lesson-graph")
  element.innerHTML = data.drawing
  element.setAttribute("aria-label", data.description)
}
