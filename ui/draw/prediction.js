// Shows what a network answers to a drawing: each stroke changes words, pictures and bars in place.

// Shared with the modules that read in the page: how to show bars, and what was read last.
const shared = (window.digitPlayground ??= { figures: new Map(), fed: new Map() })
const DIGITS = 10
const NO_SHARES = new Array(DIGITS).fill(0)
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

// What was pressed holds until the server knows it: an answer to an earlier stroke may come first.
function offerSwitches(row, data, setStateValue) {
  for (const input of row.querySelectorAll("input")) {
    if (input.dataset.wanted === String(data[input.name])) delete input.dataset.wanted
    if (input.dataset.wanted === undefined) input.checked = data[input.name]
    input.onchange = () => {
      input.dataset.wanted = input.checked
      setStateValue(input.name, input.checked)
    }
  }
  for (const help of row.querySelectorAll("button")) {
    help.onkeydown = ({ key }) => { if (key === "Escape") help.dataset.closed = "" }
    help.onblur = help.onpointerleave = () => { delete help.dataset.closed }
  }
}

function showSteps(steps, data) {
  steps.open = stepsAreOpen
  steps.querySelector("summary").onclick = () => { stepsAreOpen = !steps.open }
  showPictures(steps.querySelector(".answer-pictures"), data.steps)
  steps.querySelector(".answer-compared").textContent = data.compared
}

// Looked for only while they are to be seen: it costs the server more than the answer itself.
function offerNeighbours(details, { neighbours, seen }) {
  const look = () => {
    if (!details.open) return
    import(new URL(neighbours.module, document.baseURI)).then(({ show }) => show(details, neighbours.address, seen), () => {
      details.querySelector("p").textContent = "What looks for them could not be loaded. Please reload the page."
    })
  }
  details.ontoggle = look
  look()
}

function offerCorrections(row, image, setTriggerValue) {
  for (let digit = row.querySelectorAll("button").length; digit < DIGITS; digit++) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = digit
    row.append(button)
  }
  if (!image) return // room for them is kept until there is something to correct
  row.querySelectorAll("button").forEach((button, digit) => {
    button.onclick = () => setTriggerValue("correction", { image, digit })
  })
}

// What the page itself reads stays there while the pen is at the next stroke already.
function showReading(find, { digit, words, shares, numbers, description }) {
  if (shared.pen?.isReading()) return
  find(".st-key-predicted_digit").textContent = digit
  find(".answer-words").textContent = words
  const bars = find(".digit-bars")
  showBars(bars, shares, digit === "" ? -1 : Number(digit))
  showNumbers(bars, numbers)
  bars.ariaLabel = description
}

function showNothing(find, { nothing }) {
  const numbers = new Array(DIGITS).fill("")
  find(".answer-nothing").textContent = nothing
  showReading(find, { digit: "", words: "", shares: NO_SHARES, numbers, description: `Probability of each digit. ${nothing}` })
  find(".answer-as-of").textContent = ""
  shared.seen = null
}

// Where it was corrected: there one looks, and takes a slip back.
function thank(place, kept, setTriggerValue) {
  place.replaceChildren()
  if (!kept) return
  const button = document.createElement("button")
  Object.assign(button, { type: "button", textContent: "Undo" })
  button.onclick = () => {
    button.disabled = true // one press takes back one drawing
    setTriggerValue("taken_back", kept.id)
  }
  place.append(kept.words, button)
}

function showAnswer(find, data) {
  showReading(find, data)
  shared.seen = Uint8Array.from(atob(data.seen), sign => sign.charCodeAt(0))
  find(".answer-doubt").textContent = data.doubt
  find(".answer-as-of").textContent = data.as_of
  showPictures(find(".answer-seen"), data.pictures)
  showSteps(find(".answer-preparation"), data)
  offerNeighbours(find(".answer-neighbours"), data)
}

Object.assign(shared, { showBars, showNumbers })

export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const find = selector => parentElement.querySelector(selector)
  const isNothing = data.nothing !== undefined
  find(".answer").classList.toggle("answer-empty", isNothing)
  find(".answer").classList.remove("answer-begun")
  offerSwitches(find(".answer-switches"), data, setStateValue)
  offerCorrections(find(".answer-correction"), data.image, setTriggerValue)
  thank(find(".answer-thanks"), data.kept, setTriggerValue)
  if (isNothing) showNothing(find, data)
  else showAnswer(find, data)
  shared.pen?.answered()
}
