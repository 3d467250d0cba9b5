// What an activation makes of the sum of a unit, in words.

const WORDS = {
  relu: "relu keeps what is above 0 and makes 0 of the rest",
  leaky_relu: "leaky relu keeps what is above 0, and a fifth of what is below",
  elu: "elu keeps what is above 0 and bends the rest towards −1",
  gelu: "gelu keeps what is clearly above 0",
  tanh: "tanh squeezes it between −1 and 1",
  sigmoid: "sigmoid squeezes it between 0 and 1",
  linear: "linear leaves it as it is",
}

/** @param {string} name of the activation; one that is not known here is its own words. */
export const activationInWords = name => WORDS[name] ?? name
