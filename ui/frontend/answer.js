// Shows what a network answers to a drawing: each stroke changes words, pictures and bars in place.

// Shared with plot.js, which draws the figures of the page.
const shared = (window.digitPlayground ??= { figures: new Map(), fed: new Map() })
const MILLISECONDS_UNTIL_THERE = 50
const DIGITS = 10
// Whoever has closed the steps does not want to see them with the next drawing either.
let stepsAreOpen = true

function showPictures(row, pictures) {
  while (row.children.length < pictures.length) row.append(emptyPicture())
  pictures.forEach(({ address, caption }, index) => {
    const [image, words] = row.children[index].children
    image.src = address
    words.textContent = caption
  })
}

function emptyPicture() {
  const figure = document.createElement("figure")
  const image = document.createElement("img")
  image.alt = "" // what it shows is said below it
  const words = document.createElement("figcaption")
  words.className = "answer-caption"
  figure.append(image, words)
  return figure
}

function showFigure(parent, data) {
  if (shared.drawFigure) shared.drawFigure({ data, parentElement: parent })
  else if (parent.isConnected) setTimeout(() => showFigure(parent, data), MILLISECONDS_UNTIL_THERE)
}

function offerSwitches(row, data, setStateValue) {
  for (const input of row.querySelectorAll("input")) {
    input.checked = data[input.name]
    input.onchange = () => setStateValue(input.name, input.checked)
  }
}

function offerCorrections(row, setTriggerValue) {
  for (let digit = row.querySelectorAll("button").length; digit < DIGITS; digit++) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = digit
    row.append(button)
  }
  row.querySelectorAll("button").forEach((button, digit) => {
    button.onclick = () => setTriggerValue("correction", digit)
  })
}

export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const find = selector => parentElement.querySelector(selector)
  offerSwitches(find(".answer-switches"), data, setStateValue)
  find(".st-key-predicted_digit").textContent = data.digit
  find(".answer-words").textContent = data.words
  find(".answer-doubt").textContent = data.doubt
  find(".answer-compared").textContent = data.compared
  showPictures(find(".answer-row .answer-pictures"), data.pictures)
  const steps = find(".answer-steps")
  steps.open = stepsAreOpen
  steps.ontoggle = () => { stepsAreOpen = steps.open }
  showPictures(steps.querySelector(".answer-pictures"), data.steps)
  showFigure(find(".st-key-probability_figure"), data)
  offerCorrections(find(".answer-correction"), setTriggerValue)
}
