// Images turned, shifted, made thinner or bolder, blurred and covered.

const SIDE = 28
const MIDDLE = (SIDE - 1) / 2

/**
 * @typedef {{ turn: number, right: number, down: number, bolder: number, blur: number, cover: number }} ImageChanges
 *   `turn` in degrees, clockwise; `right` and `down` in pixels; `bolder` in steps of a pixel on each side, below 0
 *   thinner; `blur` as the standard deviation in pixels; `cover` the side of an empty square in the middle.
 */
export const UNCHANGED = { turn: 0, right: 0, down: 0, bolder: 0, blur: 0, cover: 0 }

/**
 * @param {ImageChanges} changes
 * @returns {(image: Uint8Array) => Uint8Array} what it returns is valid until it is called again.
 */
export function imageChanger({ turn, right, down, bolder, blur, cover }) {
  const steps = []
  if (bolder) steps.push(...Array(Math.abs(bolder)).fill((from, to) => spread(from, to, bolder > 0 ? Math.max : Math.min)))
  if (turn || right || down) {
    const places = sources(turn, right, down)
    steps.push((from, to) => resample(from, to, places))
  }
  if (blur) {
    const kernel = gaussianKernel(blur)
    steps.push((from, to) => convolve(from, to, kernel, 1), (from, to) => convolve(from, to, kernel, SIDE))
  }
  if (cover) steps.push((from, to) => empty(from, to, cover))
  const buffers = [new Float32Array(SIDE ** 2), new Float32Array(SIDE ** 2)]
  const changed = new Uint8Array(SIDE ** 2)
  return image => {
    if (!steps.length) return image
    buffers[0].set(image)
    steps.forEach((step, index) => step(buffers[index % 2], buffers[(index + 1) % 2]))
    const last = buffers[steps.length % 2]
    for (let index = 0; index < changed.length; index++) changed[index] = Math.round(last[index])
    return changed
  }
}

// The largest, or the smallest, of each pixel and its four neighbours; beyond the edge is paper.
function spread(from, to, best) {
  for (let row = 0, index = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++, index++) {
      to[index] = best(
        from[index],
        row ? from[index - SIDE] : 0, row < SIDE - 1 ? from[index + SIDE] : 0,
        column ? from[index - 1] : 0, column < SIDE - 1 ? from[index + 1] : 0,
      )
    }
  }
}

// Where each pixel comes from: row and column, one after the other.
function sources(turn, right, down) {
  const [sine, cosine] = [Math.sin((turn * Math.PI) / 180), Math.cos((turn * Math.PI) / 180)]
  const places = new Float32Array(2 * SIDE ** 2)
  for (let row = 0, at = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const [y, x] = [row - down - MIDDLE, column - right - MIDDLE]
      places[at++] = cosine * y - sine * x + MIDDLE
      places[at++] = sine * y + cosine * x + MIDDLE
    }
  }
  return places
}

// Each pixel from the four around the place that it comes from.
function resample(from, to, places) {
  const pixel = (row, column) => (row < 0 || column < 0 || row >= SIDE || column >= SIDE ? 0 : from[row * SIDE + column])
  for (let index = 0; index < to.length; index++) {
    const [y, x] = [places[2 * index], places[2 * index + 1]]
    const [row, column] = [Math.floor(y), Math.floor(x)]
    const [lower, further] = [y - row, x - column]
    to[index] = (1 - lower) * ((1 - further) * pixel(row, column) + further * pixel(row, column + 1)) +
      lower * ((1 - further) * pixel(row + 1, column) + further * pixel(row + 1, column + 1))
  }
}

function gaussianKernel(deviation) {
  const reach = Math.ceil(3 * deviation)
  const values = Array.from({ length: 2 * reach + 1 }, (_, index) => Math.exp(-(((index - reach) / deviation) ** 2) / 2))
  const total = values.reduce((sum, value) => sum + value)
  return values.map(value => value / total)
}

// In one direction: along rows where the stride is 1, along columns where it is the side.
function convolve(from, to, kernel, stride) {
  const reach = (kernel.length - 1) / 2
  for (let index = 0; index < to.length; index++) {
    const place = stride === 1 ? index % SIDE : Math.floor(index / SIDE)
    let sum = 0
    for (let step = Math.max(-reach, -place); step <= Math.min(reach, SIDE - 1 - place); step++) {
      sum += kernel[step + reach] * from[index + step * stride]
    }
    to[index] = sum
  }
}

function empty(from, to, side) {
  to.set(from)
  const start = Math.floor((SIDE - side) / 2)
  for (let row = start; row < start + side; row++) to.fill(0, row * SIDE + start, row * SIDE + start + side)
}
