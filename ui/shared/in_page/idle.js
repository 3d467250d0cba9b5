// When the browser has nothing else to do.

/**
 * Wait until the browser rests, for three seconds at most.
 * @returns {Promise<unknown>}
 */
export function untilIdle() {
  return new Promise(resolve => {
    if (window.requestIdleCallback) requestIdleCallback(resolve, { timeout: 3000 })
    else setTimeout(resolve, 500)
  })
}
