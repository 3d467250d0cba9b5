// Sums and roundings as NumPy does them, to the last bit.

export const single = Math.fround

const lanes = new Float32Array(8)

// A sum in the order in which NumPy takes it: pairwise, blocks of 128 by eight sums beside each other.
export function sum(values, start, count) {
  if (count > 128) {
    const half = Math.floor(count / 2)
    const first = half - (half % 8)
    return single(sum(values, start, first) + sum(values, start + first, count - first))
  }
  let total = 0
  let index = 0
  if (count >= 8) {
    for (let lane = 0; lane < 8; lane++) lanes[lane] = values[start + lane]
    for (index = 8; index < count - (count % 8); index += 8) {
      for (let lane = 0; lane < 8; lane++) lanes[lane] += values[start + index + lane]
    }
    total = single(
      single(single(lanes[0] + lanes[1]) + single(lanes[2] + lanes[3])) +
        single(single(lanes[4] + lanes[5]) + single(lanes[6] + lanes[7])),
    )
  }
  for (; index < count; index++) total = single(total + values[start + index])
  return total
}

// As Python and NumPy round.
export function roundHalfEven(value) {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1
  return below % 2 ? below + 1 : below
}
