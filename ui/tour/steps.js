// What the tour shows, page by page, in the order in which one would try it.

import { pointAt } from "../shared/in_page/words.js"

const shows = selector => document.querySelector(selector)?.textContent?.trim()
const goesOn = page => ({ at: `.st-key-menu a[href$="${page}"]`, leads: page })

/**
 * One stop.
 * @typedef {object} Step
 * @property {string} at selector of what is lit up; the first of it that is in sight.
 * @property {string} says one sentence.
 * @property {string} [missing] the sentence while that is not there.
 * @property {string} [after] selector of what must have come first: without it the step is left out.
 * @property {string} [otherwise] selector of what is lit up then.
 * @property {string} [opens] selector of what opens the view that it is in, while that is closed.
 * @property {string} [hears] an event within it that shows it has been tried.
 * @property {number} [lingers] milliseconds after the last such event, for a second stroke and a look at what came of it.
 * @property {() => unknown} [isDone] whether it has been tried, where no single event tells that.
 * @property {string} [leads] the page that a press leads to, where the tour goes on.
 */

/** @type {Record<string, Step[]>} */
export const STEPS = {
  train: [
    { at: ".greeting-paper", says: "Draw a digit here, and see it read: this network has learned already.", missing: "Here networks learn to read handwritten digits. On Draw you can write one for them to read.", hears: "pointerdown pointerup", lingers: 3000 },
    { at: ".st-key-train", says: "Press Train, and a network of your own begins to learn.", otherwise: ".st-key-run_panel", missing: "A network of yours is learning already: here stands how far it is.", isDone: () => shows(".st-key-run_state") },
    { at: ".st-key-loss_figure", after: ".st-key-run_panel", says: "This is the loss, how wrong the network is: the lower, the better." },
    { at: ".st-key-accuracy_figure", after: ".st-key-run_panel", says: "And this is the accuracy, the share of images that it reads right: the higher, the better." },
    { at: ".st-key-accuracy", after: ".st-key-run_panel", says: "The result stands here once a training has ended well: how many of 10,000 images that it never learned from it reads right.", missing: "The result comes last: how many of 10,000 images that it has never seen it reads right." },
    { at: ".st-key-hidden_layers", says: "These are the hidden layers: change how many units one has, and train a network of that shape.", hears: "change click" },
    { ...goesOn("draw"), says: "Next: draw, and see what a network reads." },
  ],
  draw: [
    { at: ".st-key-pad [class*=st-key-canvas_]", says: "Draw a digit here, with the mouse or a finger.", isDone: () => shows(".st-key-predicted_digit") },
    { at: ".answer-reading", says: "This is what the network reads, and how sure it is." },
    { at: ".st-key-probability_figure", says: "One bar for each digit that it could be; together they make 100%." },
    { at: ".answer-network", says: `Here you see it at work: ${pointAt().toLowerCase()} a unit to see what it looks for.` },
    { at: ".st-key-clear", says: "Clear, and try another one, as untidy as you like.", hears: "click" },
    { ...goesOn("inside"), says: "Next: what does it get wrong, and what is it made of?" },
  ],
  inside: [
    { at: ".inside-confusions", opens: "#inside-mistakes-tab", says: "Each row is a digit as it was written, each column what was read: choose a square to see its images.", otherwise: "#inside-mistakes-tab", missing: "Under Mistakes, each row is a digit as it was written, each column what was read.", hears: "click" },
    { at: "#inside-break-it-tab", says: "Open Break it: switch units off, or turn the images, and see what is left.", hears: "click" },
    { at: "#inside-fool-it-tab", says: "Open Fool it: a few pixels turn its answer into another one.", hears: "click" },
    { ...goesOn("learn"), says: "Next: how does it learn all this?" },
  ],
  learn: [
    { at: ".st-key-lesson_contents", says: "This page goes from a picture to the code, and each part can be read alone." },
    { at: ".lesson-choices", says: "Choose a unit to see what it looks for, and what it does with the image.", hears: "click" },
    { at: ".st-key-real_softmax .lesson-slider", says: "Move a score, and see how the ten shares follow.", hears: "input" },
    { ...goesOn("models"), says: "Last stop: the networks that you have trained." },
  ],
  models: [
    { at: ".runs table", says: "Here are the networks that you have trained: tick two of them to compare them.", hears: "change" },
    { at: ".runs-goals summary", says: "Challenges ask for a network that does much with little: open them.", hears: "click" },
    { at: '.st-key-menu a:has([data-testid="stIconMaterial"])', says: "That was all of it. Train another network, or go where you like." },
  ],
}
