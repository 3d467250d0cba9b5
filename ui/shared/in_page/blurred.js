// Whether this browser lets a page read what was drawn on a canvas.

const SIDE = 16

/** Whether it gives something else than what was drawn, so that nobody is recognised by it. */
export function isBlurred() {
  const probe = document.createElement("canvas")
  Object.assign(probe, { width: SIDE, height: SIDE })
  const pen = probe.getContext("2d", { willReadFrequently: true })
  const wanted = pen.createImageData(SIDE, SIDE)
  for (let at = 0; at < wanted.data.length; at++) wanted.data[at] = at % 4 === 3 ? 255 : (at * 37) % 256
  pen.putImageData(wanted, 0, 0)
  const { data } = pen.getImageData(0, 0, SIDE, SIDE)
  return data.some((value, at) => value !== wanted.data[at])
}
