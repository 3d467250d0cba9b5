// Shows the drawings that a visitor has corrected, each with a button that takes it back.

function kept({ id, label, address }, takeBack) {
  const item = document.createElement("li")
  const image = document.createElement("img")
  image.src = address
  image.alt = `A drawing, kept as a ${label}`
  const words = document.createElement("span")
  words.textContent = label
  const button = document.createElement("button")
  button.type = "button"
  button.textContent = "Undo"
  button.setAttribute("aria-label", `Undo: a drawing kept as a ${label}`)
  button.onclick = () => {
    button.disabled = true // one press takes back one drawing
    takeBack(id)
  }
  item.append(image, words, button)
  return item
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  parentElement.querySelector(".kept-words").textContent = data.words
  const takeBack = id => setTriggerValue("taken_back", id)
  const list = parentElement.querySelector(".kept-drawings")
  list.replaceChildren(...data.drawings.map(drawing => kept(drawing, takeBack)))
}
