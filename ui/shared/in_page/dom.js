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
 * Write into an element that holds nothing but text. The node that is there is kept: a new one has the styles of all
 * that may ask for it with `:has()` worked out anew.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function write(element, text) {
  const node = element.firstChild ?? element.appendChild(document.createTextNode(""))
  if (node.data !== text) node.data = text
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
