// Principal component analysis: the directions in which rows differ most.
// Source: H. Hotelling, Analysis of a complex of statistical variables into principal components, 1933;
// by subspace iteration, after G. Golub and C. Van Loan, Matrix Computations, 1996, section 7.3.2.

const MOST_ROUNDS = 60
const STILL = 1e-7 // of the variance in a direction, from one round to the next

/**
 * @param {Float32Array} rows [count, width], of which each column's mean is taken away in place.
 * @param {number} width
 * @param {number} components how many directions.
 * @returns {{ places: Float32Array, shares: number[], means: Float64Array, directions: Float64Array[] }} where each row lies
 *   along them, [count, components], the share of all variance that each has, and what places another row.
 */
export function principalComponents(rows, width, components) {
  const count = rows.length / width
  const { means, total } = centre(rows, width, count)
  let directions = Array.from({ length: Math.min(components, width) }, (_, at) => (
    Float64Array.from({ length: width }, (__, column) => Math.sin((at + 1) * (column + 1)))
  ))
  orthonormalize(directions)
  let before = directions.map(() => 0)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    directions = directions.map(direction => timesCovariance(rows, width, count, direction))
    const lengths = orthonormalize(directions)
    const isStill = lengths.every((length, at) => Math.abs(length - before[at]) <= STILL * lengths[0])
    before = lengths
    if (isStill) break
  }
  const places = new Float32Array(count * components)
  directions.forEach((direction, at) => {
    for (let row = 0; row < count; row++) places[row * components + at] = along(rows, row * width, direction)
  })
  return { places, shares: before.map(variance => (total ? variance / total : 0)), means, directions }
}

// Takes the means away; returns them, and the sum of the squares that are left.
function centre(rows, width, count) {
  const means = new Float64Array(width)
  for (let at = 0; at < rows.length; at++) means[at % width] += rows[at] / count
  let total = 0
  for (let at = 0; at < rows.length; at++) {
    rows[at] -= means[at % width]
    total += rows[at] ** 2
  }
  return { means, total }
}

function along(rows, start, direction) {
  let sum = 0
  for (let column = 0; column < direction.length; column++) sum += rows[start + column] * direction[column]
  return sum
}

function timesCovariance(rows, width, count, direction) {
  const product = new Float64Array(width)
  for (let row = 0; row < count; row++) {
    const start = row * width
    const size = along(rows, start, direction)
    for (let column = 0; column < width; column++) product[column] += size * rows[start + column]
  }
  return product
}

// Gram and Schmidt; returns how long each was, less what lies along those before it.
function orthonormalize(directions) {
  return directions.map((direction, at) => {
    for (const other of directions.slice(0, at)) {
      const share = along(direction, 0, other)
      direction.forEach((value, column) => { direction[column] = value - share * other[column] })
    }
    const length = Math.hypot(...direction) || 0
    if (length) direction.forEach((value, column) => { direction[column] = value / length })
    return length
  })
}
