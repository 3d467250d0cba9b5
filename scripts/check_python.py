"""Say so if this is not a Python that the app runs on."""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    # No f-string: a Python that is too old could not even read it.
    sys.exit(
        "Python 3.11, 3.12 or 3.13 is needed (TensorFlow has packages for these), "
        "but {} is Python {}.{}. Name another one: make PYTHON=python3.12 run".format(
            sys.executable, *sys.version_info[:2]
        )
    )
