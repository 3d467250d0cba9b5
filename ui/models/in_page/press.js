// While a press lasts nothing is made anew: a click whose button was replaced between down and up is nobody's.

const MILLISECONDS_UNTIL_CLICK = 50 // a finger's comes some time after it is lifted
const waiting = new Map()
let isDown = false

addEventListener("pointerdown", ({ button }) => { isDown = button === 0 }, true)
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(release, MILLISECONDS_UNTIL_CLICK), true)

function release() {
  isDown = false
  const acts = [...waiting.values()]
  waiting.clear()
  for (const act of acts) act()
}

/**
 * Do something now or, while a press lasts, right after it.
 * @param {object} who does it; of what waits, only the latest of each is done.
 * @param {() => void} act
 */
export function outsidePresses(who, act) {
  if (isDown) waiting.set(who, act)
  else act()
}
