// The Models page in the browser: the table of the visitor's runs.

import { asking } from "./asking.js"
import { outsidePresses } from "./press.js"
import { RunTable } from "./run_table.js"

/**
 * A run as a row of the table, made by `ui/models/rows.py`.
 * @typedef {{ id: string, name: string, state: string, icon: string, words: string, active: boolean, planned: boolean, share: number,
 *   fineTuned: boolean, settings: string, differs: string, query: Record<string, string>, seed: number, seeds: number, coming: number, widths: number[], parameters: number,
 *   seconds: number, again: number | null, took: string, created: number, when: string, live: string, keras: string | null, home: string,
 *   weights: boolean, group: string | null, accuracy?: number, interval?: [number, number], validation: number | null,
 *   own?: { words: string, short: string, share: number } | null }} Row
 * Runs that differ in their seed alone, as a row made by `groups.js`.
 * @typedef {Row & { members: Row[], spread?: number }} Group
 * @typedef {{ what: string, runs?: string[], name?: string, axes?: Record<string, string>, challenge?: string }} Request
 * @typedef {{ rows: Row[], carriedOut: number, more: boolean, shared: boolean, started: string[], readyMade: string | null, varied: Record<string, string>,
 *   days: number, challenges: import("./challenges.js").Challenge[], addresses: import("./comparison.js").Addresses, deleted: { words: string, runs: string[] } | null }} Data
 */

const shown = new WeakMap()

/**
 * Show what the page knows now.
 * @param {HTMLElement} place
 * @param {Data} data
 * @param {(requests: object[]) => void} ask the page for something.
 */
export function show(place, data, ask) {
  if (!shown.has(place)) shown.set(place, new RunTable(place))
  outsidePresses(place, () => shown.get(place).take(data, asking(ask, data.carriedOut)))
}
