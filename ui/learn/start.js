// Fetches the module of the lesson's parts, and tells it which one to show.

// The code that `code.py` shows is copied from here: Streamlit takes scripts out of what it shows.
addEventListener("click", async ({ target }) => {
  const button = target.closest?.(".lesson-copy")
  if (!button) return
  const code = button.parentElement.querySelector("code")
  try {
    await navigator.clipboard.writeText(code.textContent)
    button.textContent = "Copied"
  } catch {
    getSelection().selectAllChildren(code) // refused, or plain http: a key does the rest
    button.textContent = "Selected"
  }
})

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".lesson-part")
  const askForOthers = () => setTriggerValue("gone", data.weights)
  import(new URL(data.module, document.baseURI)).then(module => module.showIn(place, data, askForOthers)).catch(() => {
    place.classList.add("module-missing")
    place.textContent = "This picture could not be loaded. Please reload the page."
  })
}
