// Which part of a live chart's axis to show: what matters stays readable, and seldom moves.
// Put in front of plot.js, as a component's script cannot import another.

const FEW_POINTS = 20 // from so many on there is something to judge by
const CHANCE_LOSS = Math.log(10)
const NEAR_LOSSES = [0.1, 0.2, 0.5, 1]

function quantile(values, share) {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.round(share * (sorted.length - 1))]
}

// The curves of a figure without their gaps.
function curves(figure) {
  const drawn = look => figure.data.find(({ meta }) => meta.look === look)
  const mean = drawn("mean")
  const numbers = ({ y }) => y.filter(value => value !== null)
  return {
    batches: numbers(drawn("batches")),
    validation: numbers(drawn("epochs")),
    mean: numbers(mean),
    epochs: mean.y.filter((value, index) => value !== null && Number.isInteger(mean.x[index])),
  }
}

// The next larger of 2.6, 3, 4, 6, 10, 15, 20, 30 and so on.
function nextLoss(needed) {
  if (needed <= 2.6) return 2.6
  const power = 10 ** Math.floor(Math.log10(needed))
  return power * [1, 1.5, 2, 3, 4, 6, 10].find(step => power * step >= needed)
}

// As near as most of the run allows, from 0: 0.1 and 0.15 can be told apart once that is where the loss is.
function lossAxis(seen, [, top]) {
  const near = seen.batches.length < FEW_POINTS ? 0 : nearLoss(seen, top)
  return near ? [0, near] : wholeLossAxis(seen, top)
}

// Above nine of ten batches and all but the first epochs; 0 while the loss is still too high for that.
function nearLoss({ batches, validation, mean }, top) {
  const later = validation.slice(Math.ceil(validation.length / 4))
  const needed = 1.1 * Math.max(quantile(batches, 0.9), quantile(mean, 0.75), mean.at(-1), ...later)
  return NEAR_LOSSES.find(near => needed <= near * (near < top ? 0.85 : 1)) ?? 0
}

// From 0 to above nine of ten batches and all epochs, so that a few steps that ran away do not flatten the rest.
function wholeLossAxis(seen, top) {
  const usual = Math.max(CHANCE_LOSS, quantile(seen.batches, 0.9))
  const ends = [...seen.validation, ...seen.epochs].map(value => Math.min(value, 4 * usual))
  let needed = 1.1 * Math.max(usual, ...ends)
  const highest = quantile(seen.batches, 1)
  if (highest < 1.5 * needed) needed = Math.max(needed, highest) // little is won by leaving them out
  if (seen.batches.length < FEW_POINTS) needed = Math.min(needed, 10)
  const next = nextLoss(needed)
  const isHardlyLess = next < top && next > 0.7 * top && needed > 0.9 * next
  return [0, isHardlyLess ? top : next]
}

// All of the loss, in half powers of ten; it only grows.
function logarithmicAxis(seen, range) {
  const least = [quantile(seen.batches, 0.02), ...seen.validation, ...seen.mean].filter(value => value > 0)
  const halves = value => 2 * Math.log10(value)
  const bottom = Math.floor(halves(Math.min(CHANCE_LOSS, ...least))) / 2
  const top = Math.ceil(halves(Math.max(CHANCE_LOSS, quantile(seen.batches, 1)))) / 2
  return range ? [Math.min(range[0], bottom), Math.max(range[1], top)] : [bottom, top]
}

const EVERYTHING = [0, 1.02]

// As near as most of the run allows, so that 97% and 99% can be told apart; what is now is always in view.
function accuracyAxis(seen, [bottom]) {
  if (seen.batches.length < FEW_POINTS) return EVERYTHING
  const best = Math.max(quantile(seen.batches, 0.98), ...seen.validation, ...seen.mean)
  if (best < 0.5) return [0, best < 0.25 ? 0.3 : 0.6]
  const now = [seen.mean.at(-1), seen.validation.at(-1) ?? 1]
  const lowest = Math.min(quantile(seen.mean, 0.25), ...now)
  const fits = (start, room) => start + room * (1 - start) <= lowest
  const start = [0.98, 0.95, 0.9, 0.8, 0.5, 0].find(start => fits(start, start > bottom ? 0.15 : 0))
  return start ? [start, 1 + 0.04 * (1 - start)] : EVERYTHING
}

// What lies outside the usual view, in words: how the run began, and what came once its curve was in view.
function beyond({ batches, mean }, { isOutside, furthest, ofBeginning, ofBoth, ofLater }) {
  const entered = Math.max(0, mean.findIndex(value => !isOutside(value)))
  const later = furthest(batches.slice(entered))
  const all = furthest(batches)
  if (!isOutside(all)) return ""
  // A loss that first climbs to many times its beginning did not begin there.
  if (!entered || all > 1.5 * batches[0]) return ofLater(all)
  return isOutside(later) ? ofBoth(batches[0], later) : ofBeginning(batches[0])
}

const lossInWords = loss => Number(loss.toPrecision(3)).toLocaleString("en")
const shareInWords = share => `${Math.floor(100 * share)}%`

// How each live figure's axis follows what is seen of the run, and what its switch makes of it. `beyond` says
// what lies outside the usual view.
const SCALES = {
  loss: {
    label: "Logarithmic axis",
    first: [0, 2.6],
    usual: lossAxis,
    switched: logarithmicAxis,
    switchedType: "log",
    beyond: (seen, [, top]) => beyond(seen, {
      isOutside: loss => loss > top,
      furthest: losses => quantile(losses, 1),
      ofBeginning: first => `▲ first batches ${lossInWords(first)}`,
      ofBoth: (first, later) => `▲ first batches ${lossInWords(first)}, single ones up to ${lossInWords(later)}`,
      ofLater: highest => `▲ single batches up to ${lossInWords(highest)}`,
    }),
  },
  accuracy: {
    label: "Axis from 0 to 100%",
    first: EVERYTHING,
    usual: accuracyAxis,
    switched: () => EVERYTHING,
    switchedType: "linear",
    beyond: (seen, [bottom]) => beyond(seen, {
      isOutside: share => share < bottom,
      furthest: shares => quantile(shares, 0),
      ofBeginning: first => `▼ first batches ${shareInWords(first)}`,
      ofBoth: (first, later) => `▼ first batches ${shareInWords(first)}, single ones down to ${shareInWords(later)}`,
      ofLater: lowest => `▼ single batches down to ${shareInWords(lowest)}`,
    }),
  },
}
