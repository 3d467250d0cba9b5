"""Scripts of a kind take turns, as Python runs only one thread at a time anyway.

Streamlit gives every run of a script a thread. With dozens of them at once, the thread that talks
to all browsers gets its turn only after each of the others, and everybody waits for seconds. So
those that come often wait here, where they take nothing from anyone.
"""

from threading import BoundedSemaphore

# Two, so that a drawing whose network has to be loaded first does not keep the others waiting.
strokes = BoundedSemaphore(2)
ticks = BoundedSemaphore(1)
