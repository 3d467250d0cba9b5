// The backward pass: how fast something changes with the units of one layer, told to the layer before.

/**
 * Pass gradients on through a layer, for the image that the network has read last.
 * @param {import("./forward.js").Network} network
 * @param {number} layer from which they come; 1 is the first after the inputs.
 * @param {Float32Array} heard the gradient with each activation of that layer; becomes that with each sum.
 * @param {Float32Array} told gets the gradient with each activation of the layer before.
 */
export function passBack(network, layer, heard, told) {
  const { kernel } = network.dense[layer - 1]
  if (layer < network.widths.length - 1) {
    const { slope } = network.activation
    for (let unit = 0; unit < heard.length; unit++) heard[unit] *= slope(network.sums[layer][unit])
  }
  for (let unit = 0, weight = 0; unit < told.length; unit++) {
    let sum = 0
    for (let to = 0; to < heard.length; to++) sum += kernel[weight++] * heard[to]
    told[unit] = sum
  }
}
