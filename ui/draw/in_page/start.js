// Fetches the module that reads in the page, and tells it with which network. Without it the server reads.

export default function ({ data }) {
  import(new URL(data.module, document.baseURI)).then(pen => pen.readWith(data.network), () => withoutPicture())
}

// The room that is kept for the picture of the network would stay empty.
function withoutPicture() {
  document.documentElement.style.setProperty("--network-height", "0px")
}
