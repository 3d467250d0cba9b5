// The curves of a run as files: pictures of the charts, or one table of all numbers.

/**
 * @typedef {object} LiveFigure of `ui/shared/live_figure.js`
 * @property {string} name
 * @property {HTMLElement & { data: object[], layout: object }} element as Plotly keeps it
 * @property {{ series: string, mean: ?Function, marks: ?object }[]} traces
 * @property {number[][]} epochs where each point of a trace lies
 * @property {(epoch: number) => number} secondsAt
 * @property {(epoch: number) => number} stepsAt
 */

const SIZE = { width: 960, height: 480, scale: 2 }
const PAPER = { paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff", font: { size: 15, color: "#16202c" } }

function offer(address, name) {
  const link = document.createElement("a")
  Object.assign(link, { href: address, download: name })
  link.click()
}

/**
 * Saves each chart as it is seen, on white paper.
 * @param {LiveFigure[]} figures
 * @param {string} name begins the files' names
 * @param {"png" | "svg"} format
 * @returns {Promise<number>} how many were saved
 */
export async function saveFigures(figures, name, format) {
  for (const { element, name: chart } of figures) {
    const layout = {
      ...element.layout, ...PAPER, title: { text: chart.replace("_", " "), x: 0.02 }, margin: { l: 64, r: 24, t: 72, b: 56 },
    }
    const data = element.data.map(trace => (trace.meta.label ? { ...trace, showlegend: true } : trace))
    const address = await window.Plotly.toImage({ data, layout }, { format, ...SIZE })
    offer(address, `${name}-${chart}.${format}`)
  }
  return figures.length
}

/**
 * All numbers of the charts, a row for each point, by step.
 * @param {LiveFigure[]} figures
 * @returns {string} comma-separated values; empty where there are no points
 */
export function table(figures) {
  const rows = new Map() // by step
  const names = new Set()
  for (const { element, traces, epochs, stepsAt, secondsAt } of figures) {
    traces.forEach(({ series, mean, marks }, index) => {
      if (mean || marks) return
      names.add(series)
      epochs[index].forEach((epoch, place) => {
        const step = Math.round(stepsAt(epoch))
        const row = rows.get(step) ?? { step, epoch, seconds: secondsAt(epoch).toFixed(3) }
        row[series] = element.data[index].y[place + 1] // the first is the point of nothing
        rows.set(step, row)
      })
    })
  }
  if (!rows.size) return ""
  const columns = ["step", "epoch", "seconds", ...names]
  const sorted = [...rows.values()].sort((one, other) => one.step - other.step)
  return [columns, ...sorted.map(row => columns.map(column => row[column] ?? ""))].join("\n")
}

/**
 * Saves `table`.
 * @param {LiveFigure[]} figures
 * @param {string} name begins the file's name
 * @returns {number} how many files were saved
 */
export function saveTable(figures, name) {
  const text = table(figures)
  if (!text) return 0
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }))
  offer(address, `${name}.csv`)
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
  return 1
}
