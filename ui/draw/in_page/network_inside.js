// The picture of the network beside the answer, which moves with the pen.

import { PacedPicture } from "../../shared/network_picture/paced_picture.js"

let picture = /** @type {PacedPicture | null} */ (null)

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

function pictureOnPage() {
  const place = document.querySelector(".answer-network")
  if (place && picture?.place !== place) picture = new PacedPicture(place)
  return place && picture
}
