// A small picture of a network: a bar for each layer, as high as its width on a logarithmic scale.

const WIDTH = 56
const HEIGHT = 30
const BAR = 3
const WIDEST = Math.log(1025)
const NAMESPACE = "http://www.w3.org/2000/svg"

/**
 * @param {number[]} widths from the pixels to the digits.
 * @returns {SVGElement}
 */
export function shapeOf(widths) {
  const picture = document.createElementNS(NAMESPACE, "svg")
  picture.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`)
  picture.setAttribute("class", "runs-shape")
  picture.setAttribute("role", "img")
  picture.setAttribute("aria-label", widths.join(" to "))
  const layers = widths.map((units, index) => ({
    x: (index * (WIDTH - BAR)) / (widths.length - 1),
    half: Math.max(1.5, ((HEIGHT / 2) * Math.log(units + 1)) / WIDEST),
  }))
  for (const [index, to] of layers.entries()) {
    const from = layers[index - 1]
    if (from) add(picture, "runs-shape-weights", corners(from.x + BAR, from.half, to.x, to.half))
    add(picture, "runs-shape-layer", corners(to.x, to.half, to.x + BAR, to.half))
  }
  return picture
}

function corners(left, halfLeft, right, halfRight) {
  const middle = HEIGHT / 2
  return [[left, middle - halfLeft], [right, middle - halfRight], [right, middle + halfRight], [left, middle + halfLeft]]
}

function add(picture, name, points) {
  const polygon = document.createElementNS(NAMESPACE, "polygon")
  polygon.setAttribute("class", name)
  polygon.setAttribute("points", points.map(point => point.map(each => each.toFixed(1)).join()).join(" "))
  picture.append(polygon)
}
