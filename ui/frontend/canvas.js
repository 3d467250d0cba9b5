// The canvas has an invisible toolbar over its upper right corner until the mouse has been there for
// a moment; a finger never gets past it. Here it is kept above the canvas, where no stroke begins.
const STYLE = `
  .dc-toolbar { top: -2.95rem !important; pointer-events: none; }
  .dc-root:hover > .dc-toolbar, .dc-toolbar:hover, .dc-toolbar:focus-within { pointer-events: auto; }
`

export default function () {
  const style = () => {
    const hosts = document.querySelectorAll(".st-key-pad [data-testid=stBidiComponentIsolated]")
    for (const { shadowRoot } of hosts) {
      if (!shadowRoot || shadowRoot.querySelector("style[data-manners]")) continue
      const element = document.createElement("style")
      element.dataset.manners = ""
      element.textContent = STYLE
      shadowRoot.append(element)
    }
  }
  // After Clear the canvas is another one; its shadow root may come a moment after its element.
  const timer = setInterval(style, 100)
  style()
  return () => clearInterval(timer)
}
