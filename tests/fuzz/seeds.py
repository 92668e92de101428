"""How long a fuzz target runs: so many inputs from a fixed seed, or for a time that is asked for, from a new seed.

PORCHLIGHT_FUZZ_SECONDS=600 .venv/bin/pytest tests/fuzz -s    a longer search, on other ground each time
PORCHLIGHT_FUZZ_SEED=123456 .venv/bin/pytest tests/fuzz       begins with the input that failed
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice, takewhile
from random import Random, SystemRandom
from time import monotonic

SECONDS = float(os.environ.get("PORCHLIGHT_FUZZ_SECONDS", "0"))
"""For each target; 0 for a set number of inputs."""
FIRST = os.environ.get("PORCHLIGHT_FUZZ_SEED")
PATIENCE_SECONDS = 120 + SECONDS
"""For one target as a whole: no input may hold it up."""
LONGEST_SHOWN = 3_000


def seeds(inputs: int) -> Iterator[int]:
    """Seeds of inputs, one each, so that an input can be made again alone."""
    begins = int(FIRST or (SystemRandom().getrandbits(32) if SECONDS else 0))
    if not SECONDS:
        yield from islice(count(begins), inputs)
        return
    print(f"PORCHLIGHT_FUZZ_SEED={begins} for {SECONDS:g} s")  # noqa: T201
    ends = monotonic() + SECONDS
    yield from takewhile(lambda _: monotonic() < ends, count(begins))


def chance(seed: int) -> Random:
    """All chance of one input."""
    return Random(seed)  # noqa: S311  # tests have no secrets


@contextmanager
def shown(seed: int, content: str | bytes) -> Iterator[None]:
    """Whatever goes wrong with an input is shown with it."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"PORCHLIGHT_FUZZ_SEED={seed} made {content[:LONGEST_SHOWN]!r}")
        raise
