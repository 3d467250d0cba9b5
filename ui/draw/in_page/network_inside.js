// The picture of the network beside the answer, which moves with the pen.

import * as answer from "./live_answer.js"
import { countOff } from "../../shared/network_picture/network_picture.js"
import { PacedPicture } from "../../shared/network_picture/paced_picture.js"

let picture = /** @type {PacedPicture | null} */ (null)
let wasOff = false // some unit, when the answer was shown last

/**
 * Show what a network reads.
 * @param {import("../../shared/network_picture/network_picture.js").Reading} reading
 */
export function showNetwork(reading) {
  pictureOnPage()?.show(reading)
}

/**
 * Show the shape of a network whose weights are on their way; the room that is kept for it is then its own.
 * @param {number[] | null} widths of its layers; null where there will be no picture.
 */
export function announceNetwork(widths) {
  document.documentElement.style.setProperty("--network-height", "0px")
  const before = picture
  if (widths && pictureOnPage() !== before) picture.showShape(widths)
}

/** Units of each layer that are switched off in the picture. */
export function switchedOff() {
  return (picture?.place.isConnected && picture.picture.off) || []
}

// With units switched off the page has no other answer than that of the picture.
function answerWithout({ reading, probabilities, off }) {
  const isOff = countOff(off) > 0
  if (reading?.image && (isOff || wasOff)) answer.showWithout(probabilities, countOff(off))
  wasOff = isOff
}

function pictureOnPage() {
  const place = document.querySelector(".answer-network")
  if (place && picture?.place !== place) picture = new PacedPicture(place, answerWithout)
  return place && picture
}
