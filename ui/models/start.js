// Fetches the module that shows the table of runs, and passes on what is asked of the page.

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".runs")
  const ask = requests => setTriggerValue("asked", requests)
  import(new URL(data.module, document.baseURI)).then(
    models => models.show(place, data, ask),
    () => { place.textContent = "This part of the page could not be loaded. Please reload the page." },
  )
}
