"""`python -m proxy`: one process that carries traffic. One line on stdout once it answers, all else on stderr."""

import argparse
import asyncio
import errno
import json
import logging
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from proxy.addon import Porchlight
from proxy.authority import KEY_FILE, trusted_roots
from proxy.door import DEFAULT_WORKER, Door, open_door
from proxy.leaves import load_authority
from proxy.listeners import Serving
from proxy.master import Master
from proxy.ways import Wanted, wanted
from store.settings import SettingsError

PORT_IN_USE = 3
"""Exit code, also for a port that this user may not open."""
NOT_USABLE = 2
"""Exit code for settings, home or database that cannot be used."""

logger = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> int:
    """Carry traffic until SIGTERM or SIGINT; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m proxy", description=__doc__)
    parser.add_argument("--worker", default=DEFAULT_WORKER, help="this process's name in the pages")
    worker = parser.parse_args(arguments).worker
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format=f"{worker}: %(levelname)s: %(message)s"
    )
    # Its warnings name hosts, and what a family visits is in the log, if anywhere.
    logging.getLogger("mitmproxy").setLevel(logging.ERROR)
    # One line for whoever tries the transparent port without a router would let a child fill the disk.
    logging.getLogger("mitmproxy.proxy.mode_servers").setLevel(logging.CRITICAL)
    try:
        door = open_door(os.environ, worker=worker)
    except SettingsError as error:
        _say(str(error))
        return NOT_USABLE
    try:
        return asyncio.run(_serve(door, is_first=worker == DEFAULT_WORKER))
    finally:
        door.close()


async def _serve(door: Door, *, is_first: bool) -> int:
    settings = door.settings
    try:
        leaves = load_authority(settings.ca_dir)
        roots = trusted_roots(settings.ca_dir, settings.upstream_ca)
    except (OSError, ValueError) as error:
        _say(f"the certificates cannot be used: {error}")
        return NOT_USABLE
    master = Master(Porchlight(door), leaves, roots=roots)
    door.live.watch(settings.ca_dir / KEY_FILE, partial(_take_authority, master, door))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, master.shutdown)

    def announce(port: int) -> None:
        with suppress(OSError):  # nobody reads any more: that is no reason to stop filtering
            print(json.dumps({"ready": True, "port": port}), flush=True)  # noqa: T201 - the launcher's line

    def look() -> Wanted:
        return wanted(door.live.state.ruleset.policy, settings, is_first=is_first)

    def tell(problems: tuple[str, ...]) -> None:
        for problem in problems:
            logger.warning("%s", problem)
        door.live.note_ways(" ".join(problems))

    serving = Serving(
        host=settings.bind,
        port=settings.proxy_port,
        is_shared=settings.workers > 1,
        ports=door.resolver,
        look=look,
        announce=announce,
        tell=tell,
    )
    try:
        await master.serve(serving)
    except OSError as error:
        _say(_why_no_port(error, settings.bind, settings.proxy_port))
        return PORT_IN_USE
    return 0


def _take_authority(master: Master, door: Door) -> None:
    master.take_authority(load_authority(door.settings.ca_dir))
    # what devices made of the old certificate says nothing of the new one
    door.handshakes.open(datetime.now(UTC))


def _why_no_port(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program; stop it or set another proxy_port."
        )
    return f"Port {port} on {host} cannot be opened: {error.strerror or error}."


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # All is written; taking a hundred modules apart would be a third of the two seconds to stop in.
    os._exit(exit_code)
