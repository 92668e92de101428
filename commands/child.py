"""A program (`proxy`, `admin`, `store`) as a child of `porchlight up`. Law: it does not outlive its parent, even one that was killed.

Run as `python -m commands.child MODULE ARGUMENTS`: the module is run in this process, while a
thread waits for the end of standard input, which the parent holds open as long as it lives.
"""

import os
import runpy
import signal
import sys
import threading
import time

PATIENCE_SECONDS = 5.0
"""How long the program may take to end by itself."""


def watch_parent() -> None:
    """Wait until the parent is gone, then end this process."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    os._exit(1)


def main() -> None:
    """Run the module named by the first argument, with the others."""
    threading.Thread(target=watch_parent, name="parent", daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
