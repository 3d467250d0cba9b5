"""The training images that lie nearest to a drawing by a network's last hidden layer.

Asked for by plain requests, so that no stroke waits. What a network makes of the training images is
computed once for weights of one checksum, in one thread and in small slices.
"""

import base64
import binascii
from functools import partial
from typing import NamedTuple

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digits.idx_files import Bytes
from digits.inference import FloatArray
from digits.neighbours import Halves, Indices, last_hidden, nearest, rounded_activations
from digits.settings import IMAGE_PIXELS, Activation
from digits.training_images import TrainingImages, open_training_images
from model_store.records import WEIGHTS, Run
from server.addresses import NEIGHBOURS_ADDRESS
from server.guarded_answers import GuardedAnswers, NotHere
from server.rate_limits import Rate
from server.resources import resources, weights_of
from trainer.bounded_cache import BoundedCache
from trainer.run_settings import settings_of_weights
from ui.shared.errors import note
from ui.shared.in_page.weights import run_by_id
from ui.shared.javascript_modules import module_address

COUNT = 10
# Of the ready-made network a slice takes 20 ms.
IMAGES_A_SLICE = 500
# All 60,000 images of a layer with up to 209 units; of wider ones, the first images.
MOST_BYTES_A_NETWORK = 24 * 2**20
MOST_BYTES = 32 * 2**20
NO_NUMBERS = (
    "What this network makes of the training images are not numbers any more: its training ran "
    "away. Train it again with a smaller learning rate."
)


class _Network(NamedTuple):
    """A network, and the training images that it is asked about."""

    weights: list[FloatArray]
    activation: Activation
    images: TrainingImages

    def of(self, images: Bytes) -> FloatArray:
        return last_hidden(self.weights, self.activation, images)

    def picked(self, indices: Indices) -> Bytes:
        return np.concatenate([self.images.read(int(index), 1) for index in indices])


def offered_neighbours(run: Run) -> dict[str, str]:
    """What shows them in the browser, and where it asks."""
    module = module_address("draw/in_page/neighbours.js")
    return {"module": module, "address": f"{NEIGHBOURS_ADDRESS}/{run.id}"}


async def send_neighbours(request: Request) -> Response:
    """Send the nearest training images of the `image` in the address, 784 bytes in Base64."""
    return await _guard.answer(request, partial(_response, request))


# One at a time: for a network that was not asked yet it takes a core for up to two seconds.
_guard = GuardedAnswers(
    1, Rate(15, 1), Rate(600, 0.05), "The neighbours cannot be found at the moment.", note
)


def _response(request: Request) -> Response:
    run = run_by_id(request.path_params["run"])
    if run is None:
        raise NotHere("This run has been deleted meanwhile.")
    if WEIGHTS not in run.artifacts:
        raise NotHere("This run has no weights yet.")
    image = _image(request.query_params.get("image", ""))
    images = _training_images()
    network = _Network(weights_of(run), settings_of_weights(run).activation, images)
    known = _known.get((run.id, run.artifacts[WEIGHTS]), partial(_computed, network))
    wanted = network.of(image)[0]
    if not np.isfinite(wanted).all():
        raise NotHere(NO_NUMBERS)
    found = nearest(known, wanted, COUNT, lambda indices: network.of(network.picked(indices)))
    answer = {
        "images": base64.b64encode(network.picked(found).tobytes()).decode(),
        "labels": images.labels[found].tolist(),
        "asked": len(known),
        "all": len(images.labels),
        "byPixels": len(network.weights) == 2,
    }
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


_known = BoundedCache[Halves](MOST_BYTES, lambda activations: activations.nbytes)


def _computed(network: _Network) -> Halves:
    units = network.weights[-2].shape[0]
    count = min(len(network.images.labels), MOST_BYTES_A_NETWORK // (2 * units))
    activations = np.empty((count, units), np.float16)
    for start in range(0, count, IMAGES_A_SLICE):
        block = network.images.read(start, min(IMAGES_A_SLICE, count - start))
        part = rounded_activations(network.weights, network.activation, block)
        if not np.isfinite(part).all():
            raise NotHere(NO_NUMBERS)
        activations[start : start + len(part)] = part
    return activations


def _image(packed: str) -> Bytes:
    """The image [1, 784] of an address.

    Raises:
        NotHere: it is none.
    """
    try:
        pixels = np.frombuffer(base64.b64decode(packed, validate=True), np.uint8)
    except (binascii.Error, ValueError):
        pixels = np.empty(0, np.uint8)
    if len(pixels) != IMAGE_PIXELS:
        raise NotHere("This is no drawing: 784 pixels were expected. Please draw it again.")
    return pixels.reshape(1, IMAGE_PIXELS)


def _training_images() -> TrainingImages:
    images = open_training_images(resources().config.mnist_folder)
    if images is None:
        raise NotHere("The training images are not on this server yet. Please come back later.")
    return images
