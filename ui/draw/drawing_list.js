// Shows drawings that a visitor has given a label, each with a button that takes it back.

function said({ label, answer }) {
  return answer && answer !== label ? `${label}, read as ${answer}` : label
}

function kept(drawing, verb, takeBack) {
  const item = document.createElement("li")
  const image = document.createElement("img")
  image.src = drawing.address
  image.alt = `A drawing, kept as a ${drawing.label}`
  const words = document.createElement("span")
  words.textContent = said(drawing)
  if (words.textContent !== drawing.label) item.className = "kept-misread"
  const button = document.createElement("button")
  button.type = "button"
  button.textContent = verb
  button.setAttribute("aria-label", `${verb}: a drawing kept as a ${said(drawing)}`)
  button.onclick = () => {
    button.disabled = true // one press takes back one drawing
    takeBack(drawing.id)
  }
  item.append(image, words, button)
  return item
}

const MILLISECONDS_IN_SIGHT = 3000
const HANDS = ["pointerdown", "wheel", "keydown"]

// What stands above it comes and grows for a while; whoever touches the page wants to see something else.
function keepInSight(element) {
  const observer = new ResizeObserver(() => element.scrollIntoView())
  const end = () => {
    observer.disconnect()
    for (const hand of HANDS) removeEventListener(hand, end)
  }
  observer.observe(document.querySelector(".stMainBlockContainer > *"))
  for (const hand of HANDS) addEventListener(hand, end, { passive: true })
  setTimeout(end, MILLISECONDS_IN_SIGHT)
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  parentElement.querySelector(".kept-words strong").textContent = data.result
  parentElement.querySelector(".kept-words span").textContent = data.words
  const takeBack = id => setTriggerValue("taken_back", id)
  const list = parentElement.querySelector(".kept-drawings")
  list.replaceChildren(...data.drawings.map(drawing => kept(drawing, data.verb, takeBack)))
  const isNew = data.isTold && parentElement.dataset.told !== "yes"
  parentElement.dataset.told = data.isTold ? "yes" : ""
  if (isNew) keepInSight(parentElement.querySelector(".kept-words"))
}
