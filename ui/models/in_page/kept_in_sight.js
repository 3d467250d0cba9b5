// What is read below the table stays where it is while rows above it grow, shrink or come. Browsers do so by
// themselves, but hold on to what sticks to the top of the page here, and that never moves.

const SCROLLS = "[data-testid=stMain]"

/**
 * @param {HTMLElement} element what may be read just now.
 * @param {() => void} change of what stands above it.
 */
export function keepInSight(element, change) {
  const { top } = element.getBoundingClientRect()
  const isRead = !element.hidden && top < innerHeight / 3
  change()
  const moved = element.getBoundingClientRect().top - top
  if (isRead && moved) document.querySelector(SCROLLS)?.scrollBy({ top: moved, behavior: "instant" })
}
