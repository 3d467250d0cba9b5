// The link to a run, copied at a press, and on a phone the way down to the settings.

const COPIED = "Link copied. It shows this run to anyone."
const REFUSED = "The browser does not let this page copy. Here is the link:"

// Only the run: what stands in the sharer's controls is their own affair.
function linkTo(run) {
  const link = new URL(location.href)
  link.search = new URLSearchParams({ run })
  link.hash = ""
  return link.href
}

async function isCopied(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false // refused, or not there: plain http has no clipboard
  }
}

async function share(parent, run) {
  const [said, field] = ["[role=status]", "input"].map(name => parent.querySelector(name))
  field.value = linkTo(run)
  field.hidden = await isCopied(field.value)
  said.textContent = field.hidden ? COPIED : REFUSED
  if (!field.hidden) field.select()
}

function goToSettings() {
  const settings = document.querySelector(".st-key-settings")
  settings.tabIndex = -1
  settings.focus({ preventScroll: true })
  settings.scrollIntoView()
}

export default function ({ data, parentElement }) {
  const [copy, settings] = parentElement.querySelectorAll("button")
  copy.onclick = () => share(parentElement, data.run)
  settings.onclick = goToSettings
  if (parentElement.dataset.run !== data.run) {
    parentElement.querySelector("[role=status]").textContent = ""
    parentElement.querySelector("input").hidden = true
  }
  parentElement.dataset.run = data.run
}
