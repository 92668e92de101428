"""`python -m store`: the process that keeps the lists up to date. One line on stdout once it runs, all else on stderr."""

import json
import logging
import os
import signal
import sys
from typing import NoReturn

from store.keeper import Keeper
from store.lists import load_catalog
from store.rules_in_force import RulesInForce
from store.settings import SettingsError, load, prepare

NOT_USABLE = 2
"""Exit code for settings or a home that cannot be used."""


def main() -> int:
    """Keep the lists until told to stop; the process's exit code where it cannot begin."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="lists: %(message)s")
    try:
        settings = load(os.environ)
        prepare(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return NOT_USABLE
    keeper = Keeper(settings, RulesInForce(settings, load_catalog()))
    sys.stdout.write(json.dumps({"ready": True}) + "\n")
    sys.stdout.flush()
    return keeper.follow()


def _stop(_signal: int, _frame: object) -> NoReturn:
    # Wherever it is: what is half done is removed on the way out, what is in force is whole.
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
