// Puts the words beside the best and the last mark of a live figure where they are whole, nearest to their own mark, upon
// no other word, upon no point that is marked and, as far as can be, upon no curve. Put in front of plot.js, as a component's script cannot import another.

const SIDES = ["top left", "bottom left", "top right", "bottom right", "middle left", "top center", "bottom center", "middle right"]
// A line farther off, where nearer ones are taken: Plotly places words by an empty line between.
const FARTHER = SIDES.filter(side => !side.startsWith("middle")).map(side => `${side} farther`)
const LETTER = 6.2 // pixels, at most
const MOST_POINTS = 2000 // of a curve that are looked at
const placedAt = new WeakMap() // for what the words of each trace were placed last
const COST_OF_FARTHER = 1e6 // beside 1 for each place of a curve that words cover
const CLEARLY = 1.5 // times as far from any other mark as from its own
const ROOM = { word: 70, chance: 84, line: 16, next: 14, mark: 10 }

// Where an axis of so many pixels has a value.
function placeOn({ range: [from, to], type }, length) {
  const scaled = type === "log" ? Math.log10 : value => value
  return value => (length * (scaled(value) - from)) / (to - from)
}

function boxAt({ x, y }, side, width) {
  const [upright, across, isFarther] = side.split(" ")
  const farther = isFarther ? ROOM.next : 0
  const left = { left: x - ROOM.mark - width, center: x - width / 2, right: x + ROOM.mark }[across]
  const top = { top: y - ROOM.line - 8 - farther, middle: y - ROOM.line / 2, bottom: y + 8 + farther }[upright]
  return { left, top, right: left + width, bottom: top + ROOM.line }
}

function linesFor(side, said) {
  if (!side.endsWith("farther")) return said
  return side.startsWith("top") ? `${said}<br> ` : `<br>${said}`
}

function distance({ left, right, top, bottom }, { x, y }) {
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom))
}

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}

// The words that stand there already: at the ends of the curves, and at the height of guessing.
function wordsThere(element, at, width) {
  const ends = element.data.flatMap(trace => {
    const last = endOf(trace)
    if (last < 0) return []
    const { x: left, y: top } = at(trace.x[last], trace.y[last])
    return [{ left: left + GAP, top }]
  })
  const boxes = spread(ends).map(({ left, top }) => ({ left, right: left + ROOM.word, top: top - LABEL_HEIGHT / 2, bottom: top + LABEL_HEIGHT / 2 }))
  for (const { text, y, yref, yanchor } of element.layout.annotations ?? []) {
    if (!text?.startsWith("guessing") || yref === "paper") continue
    const level = at(0, y).y
    const top = yanchor === "bottom" ? level - ROOM.line : level
    boxes.push({ left: width - ROOM.chance, right: width, top, bottom: top + ROOM.line + 2 })
  }
  return boxes
}

// Places along the curves, near enough to each other to see what a box covers.
function alongCurves(element, at) {
  return element.data.filter(({ mode }) => mode?.startsWith("lines")).flatMap(({ x, y }) => {
    const step = Math.ceil(x.length / MOST_POINTS)
    const places = x.flatMap((value, index) => (index % step || value === null || y[index] === null ? [] : [at(value, y[index])]))
    return places.flatMap((place, index) => {
      const next = places[index + 1] ?? place
      const parts = Math.min(100, Math.max(1, Math.ceil(Math.hypot(next.x - place.x, next.y - place.y) / 4)))
      return Array.from({ length: parts }, (_, part) => (
        { x: place.x + ((next.x - place.x) * part) / parts, y: place.y + ((next.y - place.y) * part) / parts }))
    })
  })
}

// What is marked along the curves: a ring or a diamond for each epoch, and the moments of a drawing.
function markedPoints(element, at) {
  return element.data.filter(({ mode }) => mode?.includes("markers") && !mode.includes("text")).flatMap(({ x, y, marker }) => {
    const reach = marker.size / 2 - 1 // its edge may touch a word
    return x.flatMap((value, index) => {
      if (value === null || (y[index] ?? null) === null) return []
      const place = at(value, y[index])
      return [{ left: place.x - reach, right: place.x + reach, top: place.y - reach, bottom: place.y + reach }]
    })
  })
}

function covered(box, places) {
  return places.reduce((count, { x, y }) => count + (x > box.left && x < box.right && y > box.top && y < box.bottom), 0)
}

// Puts the words of a trace of marks; the last one, which comes last, has the first choice.
function placeMarkWords(element, trace, said) {
  const size = element._fullLayout?._size
  const { xaxis, yaxis } = element.layout
  if (!size || !said || !xaxis.range || !yaxis.range) return
  const key = String([said, trace.x, size.w, size.h, xaxis.range, yaxis.type, yaxis.range])
  if (placedAt.get(trace) === key) return
  placedAt.set(trace, key)
  const along = placeOn(xaxis, size.w)
  const up = placeOn(yaxis, size.h)
  const at = (x, y) => ({ x: along(x), y: Math.min(Math.max(size.h - up(y), 0), size.h) })
  const taken = wordsThere(element, at, size.w)
  const curves = alongCurves(element, at)
  const points = markedPoints(element, at)
  const marks = trace.x.map((x, index) => at(x, trace.y[index]))
  const text = [...said]
  const textposition = said.map(() => SIDES[0])
  for (let index = said.length - 1; index >= 0; index--) {
    const mark = marks[index]
    const others = marks.filter(other => other !== mark)
    const choices = [...SIDES, ...FARTHER].map(side => ({ side, box: boxAt(mark, side, LETTER * said[index].length) }))
      .filter(({ box }) => box.left >= 0 && box.right <= size.w && box.top >= -size.t && box.bottom <= size.h)
      .filter(({ box }) => ![...taken, ...points].some(other => overlap(box, other)))
      .filter(({ box }) => others.every(other => distance(box, other) > CLEARLY * distance(box, mark)))
      .map(choice => ({ ...choice, cost: covered(choice.box, curves) + (choice.side.endsWith("farther") ? COST_OF_FARTHER : 0) }))
    const best = choices.reduce((one, other) => (one && one.cost <= other.cost ? one : other), null)
    if (best) taken.push(best.box)
    text[index] = best ? linesFor(best.side, said[index]) : "" // the mark alone
    textposition[index] = (best?.side ?? SIDES[0]).replace(" farther", "")
  }
  Object.assign(trace, { text, textposition })
}
