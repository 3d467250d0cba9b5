// Draws a Plotly figure that is kept while its data grows: never remounted, never blank.

const loading = new Map()
const figures = new WeakMap()
const views = new WeakMap() // what each figure shows while nobody has zoomed
// Shared with live.js: live figures by name, and what came for each last, or before it was drawn.
const shared = (window.digitPlayground ??= { figures: new Map(), fed: new Map() })

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly)
  if (!loading.has(url)) {
    loading.set(url, new Promise((resolve, reject) => {
      const script = document.createElement("script")
      script.src = url
      script.onload = () => resolve(window.Plotly)
      script.onerror = () => { loading.delete(url); reject(new Error("Plotly did not load")) }
      document.head.append(script)
    }))
  }
  return loading.get(url)
}

// Plotly takes a second to be read, in which nothing else happens: the page itself comes first.
function idle() {
  return new Promise(resolve => setTimeout(() => {
    if (window.requestIdleCallback) window.requestIdleCallback(resolve, { timeout: 2000 })
    else resolve()
  }, 400))
}

// Off the screen no figure is in a hurry, and all of them at once would hold the page.
async function plotlyFor(element, url) {
  if (!window.Plotly && !isInSight(element)) await idle()
  const Plotly = await loadPlotly(url)
  if (!element.data) await itsTurn(element)
  return Plotly
}

// A finger that starts on a chart moves the page, as everywhere else: Plotly, which would zoom and keep
// the page still, does not hear of it. A tap still shows the value below it, by the mouse events that
// browsers make of a tap.
function leaveToThePage(frame) {
  frame.addEventListener("touchstart", event => event.stopPropagation(), { capture: true, passive: true })
}

// The range that each axis has of itself, or how Plotly is to choose it.
function wholeView(layout) {
  const view = {}
  for (const axis of ["xaxis", "yaxis"]) {
    const { range, autorange } = layout[axis] ?? {}
    view[axis] = range && !autorange ? { range: [...range] } : { autorange: autorange ?? true }
  }
  return view
}

function isZoomed(layout, view) {
  return Object.entries(view).some(([axis, { range }]) => {
    const now = layout[axis]
    if (!range) return now.autorange === false
    return range.some((end, index) => Math.abs(end - now.range[index]) > 1e-9 * Math.abs(range[1] - range[0]))
  })
}

function added(parent, name, className) {
  const element = parent.appendChild(document.createElement(name))
  element.className = className
  return element
}

// Adds the way back from a zoom to the figure's place on the page; it is seen while there is one.
function offerWayBack(frame) {
  const button = added(frame, "button", "digit-plot-all")
  button.type = "button"
  button.textContent = "Show all"
  button.hidden = true
  frame.classList.add("digit-plot-frame")
  return button
}

function showAll(Plotly, element) {
  const changes = {}
  for (const [axis, { range, autorange }] of Object.entries(views.get(element))) {
    if (range) changes[`${axis}.range`] = [...range]
    else changes[`${axis}.autorange`] = autorange
  }
  Plotly.relayout(element, changes)
}

// To be called when a figure has been drawn: knows from now on whether it shows all of itself.
function watchZoom(Plotly, element, layout) {
  const isNew = !views.has(element)
  views.set(element, wholeView(layout))
  const frame = element.parentElement
  const button = frame.querySelector(".digit-plot-all") ?? offerWayBack(frame)
  const look = () => {
    const zoomed = isZoomed(element.layout, views.get(element))
    // Whoever pressed it with a key is not to be thrown to the top of the page.
    if (!zoomed && document.activeElement === button) element.focus({ preventScroll: true })
    button.hidden = !zoomed
  }
  look()
  if (!isNew) return
  leaveToThePage(element)
  element.tabIndex = -1
  button.onclick = () => showAll(Plotly, element)
  element.on("plotly_relayout", look)
  // In less room or more, words have other places.
  element.on("plotly_relayout", ({ autosize }) => { if (autosize) figures.get(element)?.follow?.() })
  element.on("plotly_redraw", look)
  element.on("plotly_doubleclick", button.onclick)
}

async function draw({ data, parentElement }) {
  if (!data.figure) {
    idle().then(() => loadPlotly(data.plotly))
    return
  }
  const element = parentElement.querySelector(".digit-plot")
  element.setAttribute("aria-label", data.description)
  element.style.height = `${data.figure.layout.height}px`
  if (data.stream) addHead(element.parentElement, data)
  const Plotly = await plotlyFor(element, data.plotly)
  const options = { displayModeBar: false, responsive: true, doubleClick: false }
  const shown = element.data ? figures.get(element) : undefined
  if (data.stream) {
    if (shown?.id === data.stream) return
    const started = startStream(Plotly, element, data.figure, data.name, data.stream)
    const layout = { ...structuredClone(data.figure.layout), uirevision: data.stream }
    await Plotly.react(element, data.figure.data.map(copied), layout, options)
    if (!element.isConnected) return // the visitor has left while Plotly was loading
    watchZoom(Plotly, element, data.figure.layout)
    figures.set(element, started)
    shared.figures.set(data.name, started)
    shareCursor(Plotly, started)
    labelCurves(element)
    if (shared.axis) started.along(shared.axis)
    for (const points of shared.fed.get(data.name) ?? []) if (points.id === data.stream) started.take(points)
    return
  }
  const version = JSON.stringify(data.figure) // before Plotly adds to it
  if (shown?.version === version) return
  const { layout } = JSON.parse(version)
  await Plotly.react(element, data.figure.data, data.figure.layout, options)
  watchZoom(Plotly, element, layout)
  figures.set(element, { version })
}

const SECONDS_UNTIL_AGAIN = 2
const queues = new WeakMap()

// One after the other, and says when it is drawn; what failed, such as to load Plotly, is tried again as long as nothing newer came.
function drawInTurn(component) {
  const key = component.parentElement
  const before = queues.get(key) ?? Promise.resolve()
  const message = key.querySelector(".digit-plot-message")
  const now = before.then(() => draw(component)).then(
    () => { message.textContent = "" },
    error => {
      message.textContent = "The chart could not be drawn yet; it is tried again."
      console.error(error)
      setTimeout(() => {
        if (key.isConnected && queues.get(key) === now) drawInTurn(component)
      }, 1000 * SECONDS_UNTIL_AGAIN)
    },
  )
  queues.set(key, now)
  return now
}

// Streamlit also has figures dropped that stay, as on a busy machine; then they stay.
function drop(key) {
  setTimeout(() => {
    const element = key.querySelector(".digit-plot")
    if (!element || !window.Plotly || element.isConnected) return
    window.Plotly.purge(element)
    views.delete(element)
  }, 1000)
}

export default function (component) {
  drawInTurn(component)
  return () => drop(component.parentElement)
}
