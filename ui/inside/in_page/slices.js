const MILLISECONDS_A_SLICE = 60

/**
 * Go through indices, and yield how far it is at the end of each slice of time.
 * @param {number} count
 * @param {(index: number) => void} each
 */
export function* inSlices(count, each) {
  let until = performance.now() + MILLISECONDS_A_SLICE
  for (let index = 0; index < count; index++) {
    each(index)
    if (performance.now() < until && index + 1 < count) continue
    yield index + 1
    until = performance.now() + MILLISECONDS_A_SLICE
  }
}
