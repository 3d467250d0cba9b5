// Streamlit makes an entry in the browser's history of every change of the query. Here only another
// run is one: settings that are edited, and what a page adds to its bare address, replace the entry.

function run(search) {
  return new URLSearchParams(search).get("run")
}

function isNewPlace(from, to) {
  if (from.pathname !== to.pathname) return true
  return from.search !== "" && run(from.search) !== run(to.search)
}

function pushOrReplace(state, unused, address) {
  const to = new URL(address ?? location.href, location.href)
  const write = isNewPlace(location, to) ? History.prototype.pushState : history.replaceState
  write.call(history, state, unused, address)
}

export default function () {
  history.pushState = pushOrReplace
}
