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

function barsOf(chart) {
  if (!bars.has(chart)) bars.set(chart, Array.from({ length: 10 }, (_, digit) => addBar(chart, digit)))
  return bars.get(chart)
}

/**
 * Show ten shares.
 * @param {HTMLElement} chart
 * @param {ArrayLike<number>} shares of the digits 0 to 9.
 * @param {number} best the digit that is read; -1 for none.
 */
function showBars(chart, shares, best) {
  barsOf(chart).forEach((bar, digit) => {
    if (bar.value !== shares[digit]) {
      bar.value = shares[digit]
      bar.share.style.transform = `scaleX(${shares[digit].toFixed(6)})`
    }
    if (bar.isBest !== (digit === best)) bar.row.className = (bar.isBest = digit === best) ? "bar-best" : ""
  })
}

/**
 * Write numbers beside the bars, which `showBars` moves more often.
 * @param {HTMLElement} chart
 * @param {string[]} numbers the shares as they are written, empty for those too small to be.
 */
function showNumbers(chart, numbers) {
  barsOf(chart).forEach(({ number }, digit) => {
    if (number.data !== numbers[digit]) number.data = numbers[digit]
  })
}
