// The picture of the network beside the answer: it moves with the pen, as often as there is time for it.

import { NetworkPicture } from "../../shared/network_picture/network_picture.js"

const SHARE_OF_TIME = 0.35 // at most, so that the bars keep up with the pen on slow machines too

let picture = /** @type {NetworkPicture | null} */ (null)
let waiting = /** @type {import("../../shared/network_picture/network_picture.js").Reading | null} */ (null)
let timer = 0
let notBefore = 0

/**
 * Show what a network reads; where the picture is slow, only the newest of what came meanwhile.
 * @param {import("../../shared/network_picture/network_picture.js").Reading} reading
 */
export function showNetwork(reading) {
  waiting = { ...reading, image: reading.image?.slice() ?? null }
  // Not in the frame that shows the answer: the bars are not to wait for it.
  timer ||= setTimeout(show, Math.max(0, notBefore - performance.now()))
}

/**
 * Show the shape of a network whose weights are on their way; the room that is kept for it is then its own.
 * @param {number[] | null} widths of its layers; null where there will be no picture.
 */
export function announceNetwork(widths) {
  const root = document.documentElement.style
  root.setProperty("--network-height", "0px")
  const place = widths && document.querySelector(".answer-network")
  if (place && picture?.parent !== place) {
    picture = new NetworkPicture(place)
    picture.showShape(widths)
  }
}

function show() {
  timer = 0
  const place = document.querySelector(".answer-network")
  if (!place) return
  if (picture?.parent !== place) picture = new NetworkPicture(place)
  const start = performance.now()
  picture.show(waiting)
  const end = performance.now()
  notBefore = end + (end - start) * (1 / SHARE_OF_TIME - 1)
}
