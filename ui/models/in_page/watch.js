// Asks for what is new of runs that are in work, as long as they are, while the page that shows them stands still.

const SECONDS_UNTIL_AGAIN = 2
const LATEST = 2 ** 31 - 1 // no points: only words and numbers

/** Follows runs. */
export class Watch {
  /**
   * @param {HTMLElement} place where they are shown: whoever has left it wants no news.
   * @param {(run: string, news: { words: string, share: number }) => void} tell
   * @param {() => void} changed called when a run has come into another state.
   */
  constructor(place, tell, changed) {
    this.place = place
    this.tell = tell
    this.changed = changed
    this.rows = /** @type {import("./models.js").Row[]} */ ([])
    this.timer = 0
  }

  /** @param {import("./models.js").Row[]} rows of the runs in work. */
  follow(rows) {
    this.rows = rows
    clearTimeout(this.timer)
    if (rows.length) this.timer = setTimeout(() => this.look(), 1000 * SECONDS_UNTIL_AGAIN)
  }

  async look() {
    const rows = this.rows
    if (!this.place.isConnected) return
    const states = await Promise.all(rows.map(row => this.state(row).catch(() => row.state)))
    if (rows !== this.rows || !this.place.isConnected) return
    if (states.some((state, index) => state !== rows[index].state)) this.changed()
    this.follow(rows)
  }

  async state(row) {
    const answer = await fetch(`${row.live}?step=${LATEST}`)
    if (answer.status === 404) return "deleted"
    if (!answer.ok) return row.state
    const news = await answer.json()
    if (!this.place.isConnected) return row.state
    this.tell(row.id, news)
    return news.state
  }
}
