// What is asked of the page, until the page has carried it out: of what comes while it runs, Streamlit keeps the latest alone,
// so that each message repeats what is not carried out yet.

let waiting = [] // requests, each with its number
let last = 0

/**
 * @param {(requests: object[]) => void} send
 * @param {number} carriedOut up to which number the page has carried out what it was asked.
 * @returns {(request: import("./models.js").Request) => void} ask the page for something.
 */
export function asking(send, carriedOut) {
  waiting = waiting.filter(({ number }) => number > carriedOut)
  return request => {
    last = Math.max(last + 1, Date.now()) // above those from before a reload
    waiting = [...waiting, { ...request, number: last }]
    send(waiting)
  }
}
