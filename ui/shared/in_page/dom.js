// Elements of a page, made in one call each.

/**
 * Make an element.
 * @param {string} name its tag, and its classes after dots.
 * @param {Record<string, any>} [properties] such as `textContent` or `onclick`.
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".")
  const element = document.createElement(tag)
  if (classes.length) element.className = classes.join(" ")
  Object.assign(element, properties)
  element.append(...children)
  return element
}

/**
 * A colour that the style sheet names, as canvases take it.
 * @param {HTMLElement} place on the page.
 * @param {string} name without its two dashes.
 * @returns {string} such as `rgb(0, 114, 178)`.
 */
export function colour(place, name) {
  const probe = make("span")
  probe.style.color = `var(--${name})`
  place.append(probe)
  const found = getComputedStyle(probe).color
  probe.remove()
  return found
}
