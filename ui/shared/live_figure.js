// A Plotly figure whose curves grow with a run. Put in front of plot.js, as a component's script cannot import another.

// Along what the curves run. A point is known by the epoch that it lies in; a clock tells the rest.
const X_AXES = {
  epoch: { title: "epoch", digits: ".2f", of: () => epoch => epoch },
  step: { title: "step", digits: ",.0f", of: clock => epoch => Math.round(stepsAt(clock, epoch)) },
  second: { title: "seconds of training", digits: ".2f", of: clock => epoch => secondsAt(clock, epoch) },
}

// How many batches an epoch has, the last one as the fraction that it is: as many in each, unless the batch size changed.
function batchesIn({ batches, usual }, epoch) {
  return batches[Math.min(epoch, batches.length - 1)] ?? usual
}

// How many steps so many epochs are.
function stepsAt(clock, epoch) {
  if (!clock.batches.length) return epoch * Math.ceil(clock.usual)
  const whole = Math.min(Math.floor(epoch), clock.batches.length - 1)
  const before = clock.batches.slice(0, whole).reduce((sum, batches) => sum + Math.ceil(batches), 0)
  return before + (epoch - whole) * Math.ceil(batchesIn(clock, whole))
}

// Learns of batches that are larger or smaller from an epoch on; says whether that is new.
function learnBatches(clock, { batches = [] }) {
  if (String(batches) === String(clock.batches)) return false
  clock.batches = batches
  return true
}

// How long training itself took up to a point, measured at the end of each epoch and evenly in between.
function secondsAt({ ends, secondsPerEpoch }, epoch) {
  const whole = Math.min(Math.floor(epoch), ends.length)
  const before = whole ? ends[whole - 1] : 0
  const lasts = whole < ends.length ? ends[whole] - before : whole ? before - (ends[whole - 2] ?? 0) : secondsPerEpoch
  return before + (epoch - whole) * lasts
}

// Learns from what came of a run; says whether points that were known lie elsewhere in time now.
function learnTime(clock, { groups, secondsPerEpoch }) {
  const group = groups.find(group => "seconds" in group.series)
  const known = clock.ends.length
  if (!group || group.from > known) return false
  for (const seconds of group.series.seconds.slice(known - group.from)) clock.ends.push((clock.ends.at(-1) ?? 0) + seconds)
  const isFirst = !clock.secondsPerEpoch && secondsPerEpoch > 0
  if (isFirst) clock.secondsPerEpoch = secondsPerEpoch
  return isFirst || clock.ends.length > known
}

// The mean of the batches in the last part of an epoch, up to each point. Each counts by its images.
function runningMean({ window: length }, clock) {
  const window = [] // [epoch, batches, value times batches], of batches as large as at first
  let batches = 0
  let sum = 0
  let before = 0
  return (epoch, value) => {
    const batchesInEpoch = batchesIn(clock, Math.max(0, Math.ceil(epoch) - 1))
    const steps = Math.ceil(batchesInEpoch)
    let count = Math.max(1, Math.round((epoch - before) * steps))
    if (Number.isInteger(epoch)) count += batchesInEpoch - steps // the last batch may be a smaller one
    count *= clock.usual / batchesInEpoch
    before = epoch
    window.push([epoch, count, count * value])
    batches += count
    sum += count * value
    while (window.length > 1 && window[0][0] < epoch - length + 0.5 / steps) {
      const [, gone, amount] = window.shift()
      batches -= gone
      sum -= amount
    }
    return sum / batches
  }
}

const switches = new Map() // by the name of the figure: what was chosen holds for the next run too

// Adds what stands above a live figure, before the figure itself is there: its title, and the switch of its axis.
function addHead(frame, { name, title, words }) {
  if (frame.querySelector(".digit-plot-head")) return
  const head = document.createElement("div")
  head.className = "digit-plot-head"
  frame.prepend(head)
  added(head, "h2", "digit-plot-title").textContent = title
  if (SCALES[name]) {
    offerSwitch(head, name)
    added(frame, "p", "digit-plot-beyond").dataset.figure = name
  }
  added(head, "p", "digit-plot-words").textContent = words
}

function offerSwitch(head, name) {
  const label = added(head, "label", "digit-plot-switch")
  const input = added(label, "input", "")
  Object.assign(input, { type: "checkbox", checked: switches.get(name) ?? false })
  input.setAttribute("role", "switch")
  label.append(SCALES[name].label)
  input.onchange = () => {
    switches.set(name, input.checked)
    shared.figures.get(name)?.follow()
  }
}

// Has the axis of a live figure follow what is known of the run, unless the visitor looks closer at a part.
function follow({ element, scale, name }, before) {
  const switched = switches.get(name) ?? false
  const seen = curves(element)
  const view = views.get(element)
  if (!seen.batches.length) return before
  const isNew = before !== switched
  const known = isNew ? (switched ? undefined : scale.first) : view.yaxis.range
  const range = switched ? scale.switched(seen, known) : scale.usual(seen, known)
  element.parentElement.querySelector(".digit-plot-beyond").textContent = switched ? "" : scale.beyond(seen, range)
  if (!isNew && String(range) === String(view.yaxis.range)) return switched
  const stays = !isNew && isZoomed(element.layout, view)
  views.set(element, { ...view, yaxis: { range } })
  if (!stays) Object.assign(element.layout.yaxis, { type: switched ? scale.switchedType : "linear", range: [...range], autorange: false })
  return switched
}

// A copy, because points are added to the trace.
function copied(trace) {
  return { ...trace, x: [...trace.x], y: [...trace.y] }
}

// Takes only what is new of the points in `stream`, and the whole of what is sent as such each time; false if some in
// between are missing.
function append(shown, stream) {
  const known = index => shown.epochs[index].length
  const found = shown.traces.flatMap(({ series, mean, marks }, index) => {
    const group = stream.groups.find(group => series in group.series)
    return group && !marks ? [{ index, mean, group, values: group.series[series] }] : []
  })
  if (found.some(({ index, group }) => group.from > known(index))) return false
  const along = X_AXES[shown.axis].of(shown.clock)
  for (const { index, mean, group, values } of found) {
    if (group.whole) shown.epochs[index].length = 0
    if (group.whole) for (const places of [shown.element.data[index].x, shown.element.data[index].y]) places.length = 1
    const epochs = group.x.slice(known(index) - group.from)
    const y = values.slice(known(index) - group.from)
    const { x: places, y: heights } = shown.element.data[index]
    epochs.forEach((epoch, place) => {
      shown.epochs[index].push(epoch)
      places.push(along(epoch))
      heights.push(mean ? mean(epoch, y[place]) : y[place])
    })
  }
  return true
}

// Puts every point where the chosen axis has it, and the end of the axis too.
function lay({ element, epochs, axis, clock, lastEpoch }) {
  const { title, digits, of } = X_AXES[axis]
  const along = of(clock)
  const end = along(lastEpoch)
  const range = [0, end > 0 ? end : 1]
  const view = views.get(element)
  const { xaxis } = element.layout
  const stays = isZoomed(element.layout, view) && xaxis.title.text === title
  views.set(element, { ...view, xaxis: { range } })
  xaxis.title.text = title
  xaxis.hoverformat = digits
  if (!stays) Object.assign(xaxis, { range: [...range], autorange: false })
  // A point of nothing stands before the first one.
  epochs.forEach((known, index) => { element.data[index].x = [null, ...known.map(along)] })
}

// Marks the best and the last point of the curve that has the same series: "best 97.9%", "last 97.8%".
function mark({ element, traces }) {
  traces.forEach(({ series, marks }, index) => {
    if (!marks) return
    const { x, y } = element.data[traces.findIndex(trace => trace.series === series)]
    const known = y.flatMap((value, place) => (value === null ? [] : [place]))
    if (known.length < 2) return
    const last = known.at(-1)
    const highest = known.reduce((one, other) => (marks.better(y[other], y[one]) ? other : one))
    const best = marks.said(y[highest]) === marks.said(y[last]) ? last : highest // who cannot be told apart is one
    const places = best === last ? [best] : [best, last]
    const text = places.map(place => (place === best ? (best === last ? "last and best " : "best ") : "last ") + marks.said(y[place]))
    traces[index].said = text
    Object.assign(element.data[index], { x: places.map(place => x[place]), y: places.map(place => y[place]), text })
  })
}

// Draws a line where settings were changed while the run trained, and says what they became.
function markChanges({ element, changes, shapes, annotations, axis, clock }) {
  const along = X_AXES[axis].of(clock)
  const lines = changes.map(({ epoch }) => ({
    type: "line", x0: along(epoch), x1: along(epoch), yref: "paper", y0: 0, y1: 1,
    line: { color: CHANGED, width: 1, dash: "dot" },
  }))
  const words = changes.map(({ epoch, said }) => ({
    x: along(epoch), yref: "paper", y: 1, yanchor: "top", xanchor: "left", text: said, textangle: 90,
    showarrow: false, font: { size: 11 },
  }))
  Object.assign(element.layout, { shapes: [...shapes, ...lines], annotations: [...annotations, ...words] })
}

const CHANGED = "#888888"

const MARKS = {
  lowest: { better: (one, other) => one < other, said: value => value.toPrecision(3) },
  highest: { better: (one, other) => one > other, said: value => `${(100 * value).toFixed(2)}%` },
}

// One cursor reads all live figures: where the pointer is on one of them, the others say their values too.
function shareCursor(Plotly, { element }) {
  const others = () => [...shared.figures.values()].map(figure => figure.element).filter(other => other !== element && other.isConnected)
  element.on("plotly_hover", ({ event, xvals }) => {
    if (event) for (const other of others()) Plotly.Fx.hover(other, { xval: xvals[0] })
  })
  element.on("plotly_unhover", ({ event }) => {
    if (event) for (const other of others()) Plotly.Fx.unhover(other)
  })
}

function startStream(Plotly, element, figure, name, id) {
  const { epochs: lastEpoch, batches_in_epoch: usual } = figure.layout.meta
  const clock = { usual, batches: [], ends: [], secondsPerEpoch: 0 }
  const traces = figure.data.map(({ meta }) => ({
    series: meta.series, mean: meta.window ? runningMean(meta, clock) : null, marks: MARKS[meta.look],
  }))
  const { shapes = [], annotations = [] } = figure.layout
  const started = { element, name, id, traces, lastEpoch, clock, changes: [], shapes, annotations, axis: "epoch", epochs: figure.data.map(({ x }) => x.slice(1)), scale: SCALES[name] }
  let switched = false
  for (const words of element.parentElement.querySelectorAll(".digit-plot-beyond")) words.textContent = "" // of the run before
  started.secondsAt = epoch => secondsAt(clock, epoch)
  started.stepsAt = epoch => stepsAt(clock, epoch)
  // All that has changed in the figure's data and layout is drawn at once: each drawing costs the browser as much.
  const followAndDraw = () => {
    if (started.scale) switched = follow(started, switched)
    traces.forEach(({ said }, index) => placeMarkWords(element, element.data[index], said))
    Plotly.redraw(element)
  }
  started.follow = followAndDraw
  started.along = axis => {
    started.axis = axis
    lay(started)
    mark(started)
    markChanges(started)
    followAndDraw()
  }
  started.take = points => {
    const areOthers = learnBatches(clock, points) && started.axis === "step"
    if (!append(started, points)) {
      points.askForAll()
      return
    }
    const ended = clock.ends.length
    const isElsewhere = (learnTime(clock, points) && started.axis === "second") || areOthers
    if (isElsewhere) lay(started)
    if (isElsewhere || clock.ends.length > ended) mark(started)
    if (isElsewhere || points.changes?.length !== started.changes.length) {
      started.changes = points.changes ?? []
      markChanges(started)
    }
    followAndDraw()
  }
  return started
}
