// Shows what a network answers to a drawing: each stroke changes words, pictures and bars in place.

// Shared with plot.js, which draws the figures of the page and may come later.
const shared = (window.digitPlayground ??= { figures: new Map(), fed: new Map(), waiting: new Map() })
const DIGITS = 10
const PHONE = window.matchMedia("(max-width: 640px)")
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
    import(new URL(neighbours.module, document.baseURI)).then(({ show }) => show(details, neighbours.address, seen), () => {})
  }
  details.ontoggle = look
  look()
}

// Beside the digit on a phone there is room for the bars, but not for what names their axes.
function narrowed(figure) {
  const { layout } = figure
  const bare = axis => ({ ...axis, title: { text: "" } })
  return {
    ...figure,
    layout: {
      ...layout,
      height: 232,
      margin: { l: 20, r: 8, t: 0, b: 22 },
      xaxis: { ...bare(layout.xaxis), range: [0, 1.3] }, // more room for the number at the end of a bar
      yaxis: bare(layout.yaxis),
    },
  }
}

function offerCorrections(row, image, setTriggerValue) {
  for (let digit = row.querySelectorAll("button").length; digit < DIGITS; digit++) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = digit
    row.append(button)
  }
  row.querySelectorAll("button").forEach((button, digit) => {
    button.onclick = () => setTriggerValue("correction", { image, digit })
  })
}

// What the page itself reads stays there while the pen is at the next stroke already.
function showReading(find, { digit, words }) {
  if (shared.pen?.isReading()) return
  find(".st-key-predicted_digit").textContent = digit
  find(".answer-words").textContent = words
}

export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const find = selector => parentElement.querySelector(selector)
  offerSwitches(find(".answer-switches"), data, setStateValue)
  find(".answer").classList.toggle("answer-empty", data.nothing !== undefined)
  if (data.nothing !== undefined) {
    find(".answer-nothing span:last-child").textContent = data.nothing
    showReading(find, { digit: "", words: "" })
    shared.seen = null
    shared.pen?.answered()
    return undefined
  }
  showReading(find, data)
  shared.seen = Uint8Array.from(atob(data.seen), sign => sign.charCodeAt(0))
  find(".answer-doubt").textContent = data.doubt
  showPictures(find(".answer-row .answer-pictures"), data.pictures)
  showSteps(find(".answer-preparation"), data)
  offerNeighbours(find(".answer-neighbours"), data)
  offerCorrections(find(".answer-correction"), data.image, setTriggerValue)
  const figure = find(".st-key-probability_figure")
  const shown = PHONE.matches ? { ...data, figure: narrowed(data.figure) } : data
  const drawn = shared.show?.({ data: shown, parentElement: figure })
  if (!drawn) shared.waiting.set(figure, shown)
  // The bars that the page itself has drawn stay until those of the answer are there.
  Promise.resolve(drawn).then(() => shared.pen?.answered())
  return () => shared.drop?.(figure)
}
