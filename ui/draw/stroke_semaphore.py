"""Scripts that come often take turns, as Python runs only one thread at a time anyway.

Streamlit gives every run of a script a thread. With several of them at work each gets in the way of
all others: NumPy lets go of Python's lock in many of its steps and has to wait for it again each
time, so that a stroke of 15 ms took 100, and the thread that talks to all browsers waits as well.
Here they wait where they take nothing from anyone. What may take long in itself, such as asking
the store, is to be done before the turn begins.
"""

from threading import BoundedSemaphore

# Not a lock: a semaphore wakes whoever has waited longest.
stroke_semaphore = BoundedSemaphore(1)
