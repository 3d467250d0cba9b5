// Fetches the module that reads in the page, and tells it with which network. Without it the server reads.

export default function ({ data }) {
  import(new URL(data.module, document.baseURI)).then(pen => pen.readWith(data.network), () => {})
}
