// The axis that all curves of a run share, and buttons that save them; what was chosen holds for the next run too.

const shared = (window.digitPlayground ??= { figures: new Map(), fed: new Map() })
const NOTHING = "There is nothing to save yet."
const REFUSED = "The curves could not be saved; please try again."

function choose(axis) {
  shared.axis = axis
  for (const figure of shared.figures.values()) if (figure.element.isConnected) figure.along(axis)
}

async function save(data, format, said) {
  const figures = [...shared.figures.values()].filter(({ element }) => element.isConnected)
  try {
    const { saveFigures, saveTable } = await import(new URL(data.files, location.href).href)
    const count = format === "csv" ? saveTable(figures, data.name) : await saveFigures(figures, data.name, format)
    said.textContent = count ? "" : NOTHING
  } catch (error) {
    said.textContent = REFUSED
    console.error(error)
  }
}

export default function ({ data, parentElement }) {
  const said = parentElement.querySelector("[role=status]")
  for (const input of parentElement.querySelectorAll("input")) {
    input.checked = input.value === (shared.axis ?? "epoch")
    input.onchange = () => choose(input.value)
  }
  for (const button of parentElement.querySelectorAll("button")) button.onclick = () => save(data, button.value, said)
}
