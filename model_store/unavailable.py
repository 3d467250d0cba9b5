"""What is raised while the store cannot be used, in sentences for visitors."""


class StoreUnavailable(OSError):
    """The database cannot be read or written now; the message is a sentence for visitors."""


NO_ANSWER = (
    "The store that keeps the runs does not answer. What was saved before is safe. "
    "Please try again in a minute."
)
