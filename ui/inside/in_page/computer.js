// Asks the worker, which has the test images and the network's weights.

export class Computer {
  /**
   * @param {import("./source.js").Images} images
   * @param {Float32Array} parameters of the network.
   * @param {import("./source.js").Offer} offer
   */
  constructor({ pixels, labels }, parameters, { widths, activation }) {
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" })
    this.asked = new Map()
    this.count = 0
    this.worker.onmessage = ({ data }) => this.hear(data)
    this.worker.onerror = () => {
      for (const { reject } of this.asked.values()) reject(new Error("This browser could not compute that. Please reload the page."))
      this.asked.clear()
    }
    this.worker.postMessage({ kind: "take", question: { pixels, labels, parameters, widths: [...widths], activation } })
  }

  /**
   * Ask; an earlier question of the same kind that is not answered yet gets no further parts.
   * @param {string} kind one of the worker's tasks.
   * @param {any} question
   * @param {(part: any) => void} onPart called for each part of the answer.
   * @returns {Promise<void>} when it has all parts, or a newer question took its place.
   */
  ask(kind, question, onPart) {
    const id = ++this.count
    return new Promise((resolve, reject) => {
      this.asked.set(id, { kind, onPart, resolve, reject })
      this.worker.postMessage({ id, kind, question })
    })
  }

  end() {
    this.worker.terminate()
  }

  hear({ id, part, isDone, trouble }) {
    const { kind, onPart, resolve, reject } = this.asked.get(id) ?? {}
    if (!kind) return
    const isNewest = ![...this.asked].some(([other, { kind: its }]) => other > id && its === kind)
    if (part && isNewest) onPart(part)
    if (!isDone && !trouble) return
    this.asked.delete(id)
    trouble ? reject(new Error(trouble)) : resolve()
  }
}
