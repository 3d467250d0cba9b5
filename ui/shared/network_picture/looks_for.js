// What the units of a network look for, as pictures of 28 by 28 pixels.

import { paintSigned } from "../in_page/signed_picture.js"

const STRONGEST = 12 // inputs of a unit that its picture is made of, beyond the first layer
const PAPER = [0x10, 0x16, 0x1d]
const INK = 0xff
const SIDE = 28

/** Pictures of what units look for; each is made when it is asked for first. */
export class LooksFor {
  /** @param {import("../in_page/forward.js").Network} network */
  constructor(network) {
    this.network = network
    this.pictures = network.widths.map(() => new Map())
    this.tiles = network.widths.map(() => new Map())
  }

  /**
   * What a unit looks for: its own weights in the first layer, in a later one what its strongest
   * inputs look for, each as strong as its weight.
   * @param {number} layer 1 is the first after the pixels.
   * @param {number} unit
   * @returns {Float32Array} for each pixel from -1, against, to 1, for.
   */
  picture(layer, unit) {
    const known = this.pictures[layer].get(unit)
    if (known) return known
    const weights = weightsInto(this.network, layer, unit)
    const made = layer === 1 ? weights : this.mixed(layer - 1, weights)
    const most = made.reduce((size, value) => Math.max(size, Math.abs(value)), 0) || 1
    for (let pixel = 0; pixel < made.length; pixel++) made[pixel] /= most
    this.pictures[layer].set(unit, made)
    return made
  }

  mixed(layer, weights) {
    const sum = new Float32Array(SIDE ** 2)
    const order = [...weights.keys()].sort((one, other) => Math.abs(weights[other]) - Math.abs(weights[one]))
    for (const unit of order.slice(0, STRONGEST)) {
      const picture = this.picture(layer, unit)
      for (let pixel = 0; pixel < sum.length; pixel++) sum[pixel] += weights[unit] * picture[pixel]
    }
    return sum
  }

  /**
   * The same as a small canvas to be drawn.
   * @param {number} layer
   * @param {number} unit
   * @param {import("../in_page/signed_picture.js").SignedColours} colours
   */
  tile(layer, unit, colours) {
    let tile = this.tiles[layer].get(unit)
    if (tile?.colours !== String(colours.for)) {
      tile = Object.assign(signedTile(this.picture(layer, unit), colours), { colours: String(colours.for) })
      this.tiles[layer].set(unit, tile)
    }
    return tile
  }
}

/**
 * The weights from all units of the layer before into one unit.
 * @returns {Float32Array}
 */
export function weightsInto(network, layer, unit) {
  const { kernel } = network.dense[layer - 1]
  const units = network.widths[layer]
  return Float32Array.from({ length: network.widths[layer - 1] }, (_, from) => kernel[from * units + unit])
}

// A digit of MNIST fills 20 by 20 of the 28 by 28 pixels.
const [EDGE, FILLED] = [4, 20]
const STROKE = 1 // pixels to each side of a stroke's middle
const PLACES = ["at the top left", "at the top", "at the top right", "on the left", "in the middle", "on the right",
  "at the bottom left", "at the bottom", "at the bottom right"]

/**
 * Where on the picture of weights the bluest spot lies that a stroke can cover, and the most orange one, in words.
 * @param {Float32Array} weights one for each of 28 by 28 pixels.
 * @returns {string} empty where there is none.
 */
export function placesInWords(weights) {
  let [most, least] = [{ sum: 0, place: "" }, { sum: 0, place: "" }]
  for (let down = EDGE; down < EDGE + FILLED; down++) {
    for (let across = EDGE; across < EDGE + FILLED; across++) {
      const sum = sumAround(weights, down, across)
      if (sum > most.sum) most = { sum, place: placeOf(down, across) }
      if (sum < least.sum) least = { sum, place: placeOf(down, across) }
    }
  }
  const best = most.place && `ink ${most.place} adds most`
  const worst = least.place && `ink ${least.place} takes most away`
  return [best, worst].filter(Boolean).join(", ")
}

function sumAround(weights, down, across) {
  let sum = 0
  for (let row = down - STROKE; row <= down + STROKE; row++) {
    for (let column = across - STROKE; column <= across + STROKE; column++) sum += weights[row * SIDE + column]
  }
  return sum
}

function placeOf(down, across) {
  const third = at => Math.floor((3 * (at - EDGE)) / FILLED)
  return PLACES[3 * third(down) + third(across)]
}

/**
 * A picture of numbers: blue is for, orange against.
 * @param {Float32Array} values one for each of 28 by 28 pixels.
 * @param {import("../in_page/signed_picture.js").SignedColours} colours
 */
export function signedTile(values, colours) {
  return paintSigned(emptyTile(), values, colours)
}

const canvasOfImages = emptyTile() // one for all: it is painted with every frame in which the pen moves

/**
 * An image as it is given to a network, on a canvas that shows the next one after the next call.
 * @param {Uint8Array} image one value from 0 to 255 for each of 28 by 28 pixels.
 */
export function imageTile(image) {
  const context = canvasOfImages.getContext("2d")
  const picture = context.createImageData(SIDE, SIDE)
  for (let pixel = 0, at = 0; pixel < SIDE ** 2; pixel++) {
    const share = image[pixel] / 255
    for (let channel = 0; channel < 3; channel++) picture.data[at++] = PAPER[channel] + share * (INK - PAPER[channel])
    picture.data[at++] = 255
  }
  context.putImageData(picture, 0, 0)
  return canvasOfImages
}

function emptyTile() {
  return Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE })
}
