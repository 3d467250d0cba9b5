// The ten bars: their empty tracks are there before anything is drawn, and both the page's own reading
// (in_page/live_answer.js) and the server's (prediction.js) move them by transforms, which lays out nothing anew.

const bars = new WeakMap() // of each chart

function addBar(chart, digit) {
  const row = chart.appendChild(document.createElement("div"))
  const added = (parent, className) => {
    const element = parent.appendChild(document.createElement("span"))
    element.className = className
    return element
  }
  added(row, "bar-digit").append(digit)
  const share = added(added(row, "bar-track"), "bar-share")
  const number = added(row, "bar-number").appendChild(document.createTextNode(""))
  return { row, share, number, value: 0, isBest: false }
}

/**
 * Show ten shares.
 * @param {HTMLElement} chart
 * @param {ArrayLike<number>} shares of the digits 0 to 9.
 * @param {string[]} numbers the same as they are written, empty for those too small to be.
 * @param {number} best the digit that is read; -1 for none.
 */
function showBars(chart, shares, numbers, best) {
  if (!bars.has(chart)) bars.set(chart, Array.from({ length: 10 }, (_, digit) => addBar(chart, digit)))
  bars.get(chart).forEach((bar, digit) => {
    if (bar.value !== shares[digit]) {
      bar.value = shares[digit]
      bar.share.style.transform = `scaleX(${shares[digit].toFixed(6)})`
    }
    if (bar.number.data !== numbers[digit]) bar.number.data = numbers[digit]
    if (bar.isBest !== (digit === best)) bar.row.className = (bar.isBest = digit === best) ? "bar-best" : ""
  })
}
