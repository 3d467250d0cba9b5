// Reads the drawing while the pen moves: at each frame in which it moved, never more, nothing queued.
// Nothing here is needed: where it cannot read, the server's answer comes as if this were not there.

import { StrokePixels, findCanvases, isOnCanvas } from "./canvas.js"
import { isBlurred } from "../../shared/in_page/blurred.js"
import { Network } from "../../shared/in_page/forward.js"
import { untilIdle } from "../../shared/in_page/idle.js"
import * as answer from "./live_answer.js"
import { announceNetwork, showNetwork, switchedOff } from "./network_inside.js"
import { IMAGE_SIDE, prepare, squeeze } from "../../shared/in_page/prepare.js"
import { loadWeights } from "../../shared/in_page/weights.js"
import { countOff } from "../../shared/network_picture/network_picture.js"

/**
 * A network as the server offers it.
 * @typedef {object} Offer
 * @property {string} run that it belongs to.
 * @property {string} address of its weights.
 * @property {number[]} widths of all layers.
 * @property {string} activation
 * @property {number} temperature that its logits are divided by.
 */

// Shared with prediction.js, which says when the server's answer is there.
const shared = (window.digitPlayground ??= { figures: new Map(), fed: new Map() })
const image = new Uint8Array(IMAGE_SIDE ** 2)
/** What else moves with the pen: called in the frame in which a drawing was read, with what was read. */
const followers = new Set([showNetwork])
let offered = /** @type {Offer | null} */ (null)
let reader = /** @type {{ network: Network, offer: Offer } | null} */ (null)
let stroke = /** @type {StrokePixels | null} */ (null) // that is drawn, or was drawn last
let isDown = false
let isAsked = false // for the next frame
let isLifted = false // and the server has not answered since

/**
 * Read with this network from now on; with the one before, if it is of the same run, until it is here.
 * @param {Offer | null} offer null where the page is not to read.
 */
export async function readWith(offer) {
  const isLoading = offered !== null && offered.address === offer?.address
  offered = offer
  if (reader && reader.offer.run !== offer?.run) reader = null
  if (isLoading) {
    if (reader?.offer.address === offer.address) reader.offer = offer
    return
  }
  announceNetwork(offer && offer.widths)
  if (!offer) return
  try {
    await untilIdle()
    const network = new Network(await loadWeights(offer.address, offer.widths), offer.widths, offer.activation)
    if (offered?.address !== offer.address) return
    reader = { network, offer: offered }
    showRest()
  } catch {
    if (!reader) announceNetwork(null) // the server reads
  }
}

function isOn(name) {
  return document.querySelector(`.answer-switches input[name=${name}]`)?.checked ?? true
}

function read() {
  if (!reader || !stroke?.canvases.drawn.isConnected) return // Clear has put another canvas there
  try {
    const { data, width, height } = stroke.read()
    const isDrawn = (isOn("prepared") ? prepare : squeeze)(data, width, height, image)
    if (!isDrawn) return answer.end()
    const temperature = isOn("calibrated") ? reader.offer.temperature : 1
    const off = switchedOff()
    answer.show(reader.network.read(image, temperature, off), countOff(off))
    for (const follow of followers) follow({ network: reader.network, image, temperature })
  } catch {
    reader = null
    answer.end()
  }
}

function readAll() {
  stroke &&= new StrokePixels(stroke.canvases)
  read()
}

// What was read last by the server, or nothing: for whatever follows the pen.
function showRest() {
  if (!reader) return
  const temperature = isOn("calibrated") ? reader.offer.temperature : 1
  for (const follow of followers) follow({ network: reader.network, image: shared.seen ?? null, temperature })
}

function askForAFrame() {
  if (isAsked) return
  isAsked = true
  requestAnimationFrame(() => {
    isAsked = false
    read()
  })
}

function down(event) {
  if (!isOnCanvas(event)) return
  isDown = true
  isLifted = false
  const canvases = findCanvases()
  stroke = canvases && new StrokePixels(canvases)
  stroke?.moveTo(event)
}

function move(event) {
  if (!isDown || !reader) return
  stroke?.moveTo(event)
  askForAFrame()
}

// The canvas draws the whole stroke anew in the next frame; that picture is what the server gets.
function up() {
  if (!isDown) return
  isDown = false
  isLifted = true
  if (reader) requestAnimationFrame(() => requestAnimationFrame(() => { if (isLifted) readAll() }))
}

/** Whether what is shown changes with the pen at this moment. */
function isReading() {
  return isDown && answer.isShown()
}

// The server's answer is there, maybe one to an earlier stroke.
function answered() {
  if (isDown) return
  isLifted = false
  answer.end()
  showRest()
}

if (!isBlurred()) {
  shared.pen = { isReading, answered, followers }
  const options = { capture: true, passive: true }
  addEventListener("pointerdown", down, options)
  addEventListener("pointermove", move, options)
  addEventListener("pointerup", up, options)
  addEventListener("pointercancel", up, options)
}
