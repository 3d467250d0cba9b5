// Says in words that a page has no connection to its server. Streamlit shows a skeleton without end, or a page
// whose buttons do nothing, as where a proxy lets everything through but websockets.

const MILLISECONDS_BETWEEN_LOOKS = 1000
const LOOKS_WITHOUT_A_CONNECTION = 8
const LOOKS_WITHOUT_STREAMLIT = 20 // a slow line may need so long for its scripts
const HELP =
  "It is tried again and again. If this stays, reload the page. If that does not help, a proxy or a firewall " +
  "on the way may close the connection, which is a websocket: try another network, or tell whoever runs this page."
const WORDS = {
  lost: `The connection to the server is lost: buttons do nothing now. Your runs are safe. ${HELP}`,
  never: `This page has no connection to its server yet. ${HELP}`,
  empty: "The scripts of this page have not come yet. If this stays, reload the page, or try another browser or network.",
}

let looks = 0 // one after the other without a connection
let wasConnected = false

function notice() {
  const shown = document.querySelector(".connection-notice")
  if (shown) return shown
  const made = Object.assign(document.createElement("p"), { className: "connection-notice", hidden: true })
  made.setAttribute("role", "status")
  return document.body.appendChild(made)
}

function look() {
  const streamlit = document.querySelector("[data-test-connection-state]")
  const isConnected = streamlit?.getAttribute("data-test-connection-state") === "CONNECTED"
  // What the server sent stands there also where the connection was lost again between two looks.
  wasConnected ||= isConnected || document.querySelector(".st-key-menu") !== null
  // Nobody reads a page in the background, and its clock runs slowly.
  looks = isConnected || document.hidden ? 0 : looks + 1
  const element = notice()
  element.hidden = looks < (streamlit ? LOOKS_WITHOUT_A_CONNECTION : LOOKS_WITHOUT_STREAMLIT)
  const words = element.hidden ? "" : WORDS[wasConnected ? "lost" : streamlit ? "never" : "empty"]
  if (element.textContent !== words) element.textContent = words
}

setInterval(look, MILLISECONDS_BETWEEN_LOOKS)
