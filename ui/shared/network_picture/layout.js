// Where the parts of the picture stand: the image, a column for each hidden layer, the outputs.

const NARROW = 560 // pixels; below it is a phone, or a column of its width

/**
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {number} tile side of a unit's picture.
 * @property {number} top of the columns; what they are stands above.
 * @property {{ x: number, y: number, side: number }} image
 * @property {{ x: number, ys: number[] }[]} columns middle of each unit; the first column is empty, for the inputs.
 * @property {number} bar longest bar of an output.
 * @property {boolean} isNarrow
 */

/**
 * Lay a network out from left to right.
 * @param {number[]} counts how many units of each layer are shown; the first is not counted.
 * @param {number} width of all.
 * @returns {Layout}
 */
export function layOut(counts, width) {
  const isNarrow = width < NARROW
  const row = isNarrow ? 20 : 24
  const tile = isNarrow ? 16 : 20
  const top = 34
  const rows = Math.max(...counts.slice(1))
  const middle = top + (rows * row) / 2
  const side = isNarrow ? 72 : 132
  const outputs = isNarrow ? 66 : 122
  const left = side + (isNarrow ? 8 : 28)
  const right = width - outputs - (isNarrow ? 6 : 24)
  const hidden = counts.length - 2
  const columns = counts.map((count, layer) => ({
    x: layer > hidden ? width - outputs + tile / 2 : left + ((layer - 0.5) / hidden) * (right - left),
    ys: Array.from({ length: layer && count }, (_, place) => middle + (place - (count - 1) / 2) * row),
  }))
  return {
    width,
    height: top + rows * row + 6,
    tile,
    top,
    image: { x: 0, y: middle - side / 2, side },
    columns,
    bar: outputs - tile - (isNarrow ? 6 : 10),
    isNarrow,
  }
}

/**
 * Where a pixel of the image lies.
 * @param {Layout} layout
 * @param {number} pixel counted row by row.
 */
export function pixelPosition({ image }, pixel) {
  return {
    x: image.x + (((pixel % 28) + 0.5) / 28) * image.side,
    y: image.y + ((Math.floor(pixel / 28) + 0.5) / 28) * image.side,
  }
}
