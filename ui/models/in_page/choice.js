// What is compared and how, and where the cursor stays, as the address of the page says it.

const PLACES = { y: ["accuracy", "loss"], of: ["validation", "training"], x: ["epoch", "step", "seconds"] }

/** What is chosen; the first of each is where nothing is said. */
export const choice = { y: "accuracy", of: "validation", x: "epoch", against: "", at: /** @type {number | null} */ (null), runs: /** @type {string[]} */ ([]) }

/**
 * Take over what the address says; what makes no sense there is left as it is.
 * @returns {boolean} whether it names runs.
 */
export function readAddress() {
  const query = new URLSearchParams(location.search)
  if (!query.has("compare")) return false
  choice.runs = [...new Set(query.get("compare").split(",").filter(Boolean))]
  choice.against = query.get("against") ?? ""
  const at = Number.parseFloat(query.get("at") ?? "")
  choice.at = at >= 0 && Number.isFinite(at) ? at : null
  for (const [name, values] of Object.entries(PLACES)) {
    if (values.includes(query.get(name))) choice[name] = query.get(name)
  }
  return true
}

/** The query of an address that shows what is chosen. */
export function asQuery() {
  if (choice.runs.length < 2) return ""
  const query = { compare: choice.runs.join(",") }
  for (const [name, [first]] of Object.entries(PLACES)) if (choice[name] !== first) query[name] = choice[name]
  if (choice.at !== null) query.at = String(Number(choice.at.toPrecision(4)))
  if (choice.against && choice.against !== choice.runs[0]) query.against = choice.against
  return new URLSearchParams(query).toString().replaceAll("%2C", ",")
}

/** Have the address say what is chosen, in place of what it said before. */
export function writeAddress() {
  const search = asQuery()
  const now = new URL(location.href)
  if (now.search.replace("?", "") === search) return
  now.search = search
  history.replaceState(history.state, "", now)
}
