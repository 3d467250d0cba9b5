// Keeps the words, the numbers and the figures of a run up to date while the page stands still.

const SECONDS_UNTIL_AGAIN = 2
const SECONDS_FOR_AN_ANSWER = 15
const SECONDS_FOR_THE_PAGE = 15 // to come with all that the state of the run changes
// Shared with plot.js: live figures by name, and what came for each last, or before it was drawn.
const shared = (window.digitPlayground ??= { figures: new Map(), fed: new Map() })
const watches = new WeakMap()
let shown // the watch that began last

function write(parent, news) {
  const put = (selector, text) => {
    const element = parent.querySelector(selector)
    if (element.textContent !== text) element.textContent = text
  }
  const { dataset } = parent.querySelector(".live-state")
  const isOther = dataset.run !== news.run
  Object.assign(dataset, { state: news.state, run: news.run })
  put(".live-icon", news.icon)
  put(".live-state strong", news.state)
  put(".live-words", news.words)
  const bar = parent.querySelector(".live-bar")
  bar.setAttribute("aria-valuenow", Math.round(100 * news.share))
  bar.firstElementChild.style.width = `${100 * news.share}%`
  announce(parent, news)
  // They may have a place of their own, below the curves.
  const list = document.querySelector(".st-key-run_numbers dl") ?? parent.querySelector(".live-numbers")
  const known = new Map([...list.children].map(pair => [pair.firstChild.textContent, pair.lastChild]))
  for (const [name, value] of Object.entries(news.numbers)) {
    const shown = known.get(name) ?? added(list, name)
    // A dash says only that nothing new is known of it; what is known of another run goes.
    if (value !== "-" || isOther || !shown.textContent) shown.textContent = value
  }
  writeSoFar(news.so_far ?? [], isOther)
}

// Shown as long as a run was not tested.
function writeSoFar(found, isOther) {
  const shown = [...document.querySelectorAll(".st-key-so_far dd")]
  if (shown.length !== found.length) return
  found.forEach(([, value, of], at) => {
    if (value === "-" && !isOther) return
    const [number, words] = shown[at].childNodes
    if (number.data !== value) number.data = value
    if (words.textContent !== of) words.textContent = of
  })
}

// What a screen reader says by itself: how far it is at each quarter, and how it ended.
function announce(parent, { active, run, share, said }) {
  const spoken = parent.querySelector(".live-spoken")
  const quarters = active ? Math.floor(4 * share) : 5
  if (spoken.dataset.at === `${run} ${quarters}`) return
  const isFirst = !spoken.dataset.at?.startsWith(run)
  spoken.dataset.at = `${run} ${quarters}`
  // Whoever has just come reads it on the page; what was said was of another run.
  if (isFirst) spoken.textContent = ""
  else spoken.textContent = active ? `${Math.floor(100 * share)}% of the training is done. ${said}` : said
}

function added(list, name) {
  const pair = list.appendChild(document.createElement("div"))
  pair.appendChild(document.createElement("dt")).textContent = name
  return pair.appendChild(document.createElement("dd"))
}

// Hands points on to the figure that they are for, or keeps them until it is there.
function feed(watch, news) {
  const points = {
    id: watch.stream, groups: news.points, secondsPerEpoch: news.seconds_per_epoch, batches: news.batches,
    changes: news.changes, askForAll: () => restart(watch),
  }
  for (const name of watch.figures) {
    const figure = shared.figures.get(name)
    if (figure?.id === watch.stream && figure.element.isConnected) {
      shared.fed.set(name, [points])
      setTimeout(() => figure.take(points)) // each in a task of its own: a click need not wait for all of them
    } else {
      const before = (shared.fed.get(name) ?? []).filter(({ id }) => id === watch.stream)
      shared.fed.set(name, [...before, points])
    }
  }
}

// Whoever shows the weights hears of newer ones.
function tellWeights(watch, { run, weights, activation }) {
  if (weights === watch.weights) return
  watch.weights = weights
  dispatchEvent(new CustomEvent("digit-playground-weights", { detail: { run, weights, activation } }))
}

function restart(watch) {
  watch.had = [0, 0, 0]
  lookNow(watch)
}

function lookNow(watch) {
  if (watch.timer === "asking") return
  clearTimeout(watch.timer)
  look(watch)
}

// A run at rest may go on from another tab, but nobody looks at a page that is hidden.
function later(watch, seconds) {
  watch.timer = setTimeout(() => { if (!watch.rest || !document.hidden) look(watch) }, 1000 * seconds)
}

// Whoever comes back to the page sees at once how it is.
function comeBack() {
  if (shown && !document.hidden && !isOver(shown)) lookNow(shown)
}
document.addEventListener("visibilitychange", comeBack)
addEventListener("focus", comeBack)

function isOver(watch) {
  return watch.ended || !watch.parent.isConnected
}

async function ask(watch) {
  const [step, points, epochs] = watch.had
  const answer = await fetch(`${watch.address}?step=${step}&points=${points}&epochs=${epochs}`, {
    signal: AbortSignal.timeout(1000 * SECONDS_FOR_AN_ANSWER),
  })
  const news = await answer.json()
  if (!answer.ok && !isOver(watch)) watch.parent.querySelector(".live-words").textContent = news.words
  if (answer.status === 404) watch.ended = true
  return answer.ok ? news : null
}

// Asks for what is new, shows it, and sees to it that this is done again.
async function look(watch) {
  if (isOver(watch)) return
  watch.timer = "asking"
  let seconds = SECONDS_UNTIL_AGAIN
  try {
    const had = watch.had
    const news = await ask(watch)
    if (isOver(watch)) return
    if (news) {
      watch.timer = null
      // Where the rest of the page has to change, too, all of it says so at once.
      const isAsBefore = news.rest === watch.rest
      if (isAsBefore) write(watch.parent, news)
      else watch.changed(news.rest)
      const isAll = watch.had === had // else a figure has asked for everything meanwhile
      if (isAll) watch.had = news.cursor
      feed(watch, news)
      tellWeights(watch, news)
      if (watch.timer) return // a figure has asked for everything now
      seconds = !isAll ? 0 : isAsBefore ? news.wait : SECONDS_FOR_THE_PAGE
    }
  } catch (error) {
    console.warn("news of the run are asked for again", error)
  }
  if (!isOver(watch)) later(watch, seconds)
}

export default function ({ data, parentElement, setTriggerValue }) {
  const changed = rest => setTriggerValue("changed", rest)
  const before = watches.get(parentElement)
  if (before?.address === data.address && before.stream === data.stream && before.rest === data.news.rest) {
    before.changed = changed
    if (before.rest) write(parentElement, data.news)
    return
  }
  if (before) {
    before.ended = true
    if (before.address !== data.address) parentElement.querySelector(".live-numbers").replaceChildren()
  }
  const { address, stream, figures, news } = data
  const watch = { parent: parentElement, address, stream, figures, rest: news.rest, changed, had: [0, 0, 0] }
  if (before?.stream === stream) watch.had = before.had
  watches.set(parentElement, watch)
  shown = watch
  // Streamlit leaves what is told so far of the run before, where it was asked to show the same of both.
  write(parentElement, { ...news, so_far: data.so_far })
  look(watch)
}
