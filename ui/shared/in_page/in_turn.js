// Work that fills places of the page: each in a task of its own, what is in sight first. All in one task, it would
// hold the page for as long as all of it takes.

const LONGEST_WAIT_MS = 2000
const waiting = /** @type {{ place: Element, resolve: () => void }[]} */ ([])

/**
 * Wait until a place is to be filled: as soon as may be where it is in sight, else when the browser has nothing
 * else to do.
 * @param {Element} place
 * @returns {Promise<void>}
 */
export function itsTurn(place) {
  return new Promise(resolve => {
    waiting.push({ place, resolve })
    if (waiting.length === 1) setTimeout(next)
  })
}

// Whether the browser shows any of it now.
function isInSight(place) {
  const { top, bottom, height, width } = place.getBoundingClientRect()
  return bottom >= 0 && top <= window.innerHeight && height + width > 0
}

function next() {
  const place = waiting.findIndex(one => isInSight(one.place))
  if (place >= 0 || !window.requestIdleCallback) begin(Math.max(0, place))
  else requestIdleCallback(() => begin(Math.max(0, waiting.findIndex(one => isInSight(one.place)))), { timeout: LONGEST_WAIT_MS })
}

function begin(index) {
  const [{ resolve }] = waiting.splice(index, 1)
  resolve()
  if (waiting.length) setTimeout(next)
}
