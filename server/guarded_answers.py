"""Answers to plain requests that cost something: none asked for too often, few computed at once."""

from collections.abc import Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from model_store.artifacts import ArtifactMissing
from model_store.database import StoreUnavailable
from server.cookies import visitor_of
from server.rate_limits import Rate, RateLimit
from trainer.checkpoints import CheckpointDamaged


class NotHere(LookupError):
    """What the address names is not here; the message is a sentence for visitors."""


class GuardedAnswers:
    """Computes answers in threads, within limits, and puts into words what goes wrong.

    Args:
        most_at_once: threads; pages and strokes want their share of the processor.
        of_viewer: how often each visitor may ask.
        of_address: how often all behind an address may; a school may share one.
        trouble: the sentence for whatever goes wrong unforeseen.
        log: told of that, and whom it befell.
    """

    def __init__(
        self,
        most_at_once: int,
        of_viewer: Rate,
        of_address: Rate,
        trouble: str,
        log: Callable[[Exception, str], object],
    ) -> None:
        self._threads = CapacityLimiter(most_at_once)
        self.of_viewer = RateLimit(of_viewer)
        self.of_address = RateLimit(of_address)
        self._trouble = trouble
        self._log = log

    async def answer(self, request: Request, compute: Callable[[], Response]) -> Response:
        """Answer a request with what `compute` returns, or with a sentence why it does not.

        Args:
            request: tells who asks.
            compute: called in a thread; may raise `NotHere`.
        """
        address = request.client.host if request.client else ""
        viewer = visitor_of(request.scope) or address
        if self.of_viewer.take(viewer) or self.of_address.take(address):
            return PlainTextResponse("That is too often. Please wait a few seconds.", 429)
        try:
            return await to_thread.run_sync(compute, limiter=self._threads)
        except StoreUnavailable as error:
            return PlainTextResponse(str(error), 503)
        except (ArtifactMissing, CheckpointDamaged, NotHere) as error:
            return PlainTextResponse(str(error), 404)
        except Exception as error:
            self._log(error, viewer)
            return PlainTextResponse(self._trouble, 500)
