// Names each curve of a live figure at its end, so that nobody has to look its colour up in a legend.
// Put in front of plot.js, as a component's script cannot import another.

const LABEL_HEIGHT = 16
const GAP = 12

// The place of the last point of what has a word there; -1 where nothing is to be seen: one point makes no line.
function endOf({ meta, y, mode }) {
  const last = meta?.label ? y.findLastIndex(value => value !== null) : -1
  return mode === "lines" && !y.slice(0, Math.max(last, 0)).some(value => value !== null) ? -1 : last
}

// Where the curves end that have a word to stand there, in pixels of the figure.
function endsOfCurves({ data, _fullLayout: { xaxis, yaxis } }) {
  return data.flatMap(trace => {
    const { meta, x, y, line } = trace
    const last = endOf(trace)
    if (last < 0) return []
    const along = xaxis.d2p(x[last])
    if (along < 0 || along > xaxis._length + 1) return [] // zoomed out of sight
    const height = Math.min(Math.max(yaxis.d2p(y[last]), 0), yaxis._length)
    return [{ text: meta.label, color: line.color, left: xaxis._offset + along + GAP, top: yaxis._offset + height }]
  })
}

// From above to below, none upon another.
function spread(ends) {
  ends.sort((one, other) => one.top - other.top)
  for (let index = 1; index < ends.length; index++) {
    const tooNear = LABEL_HEIGHT - (ends[index].top - ends[index - 1].top)
    if (tooNear <= 0) continue
    ends[index - 1].top -= tooNear / 2
    ends[index].top += tooNear / 2
  }
  return ends
}

function placeLabels(element, layer) {
  const ends = spread(endsOfCurves(element))
  while (layer.children.length > ends.length) layer.lastElementChild.remove()
  ends.forEach(({ text, color, left, top }, index) => {
    const label = layer.children[index] ?? layer.appendChild(document.createElement("span"))
    if (label.textContent !== text) label.textContent = text
    label.dataset.color = color
    label.style.transform = `translate(${left}px, calc(${top}px - 50%))`
  })
}

/** To be called once a live figure has been drawn: its labels follow whatever is drawn from now on. */
function labelCurves(element) {
  if (element.labels) return
  element.labels = element.appendChild(document.createElement("div"))
  element.labels.className = "digit-plot-labels"
  element.labels.ariaHidden = "true"
  element.on("plotly_afterplot", () => placeLabels(element, element.labels))
  placeLabels(element, element.labels)
}
