"""The compiled table of the lists in force: one file of the home, mapped by every process, followed as it is replaced."""

import logging
from pathlib import Path

from rules.domain_table import DomainTable
from store.list_files import map_table

TABLE_FILE = "all.table"
"""In the folder of lists."""

type _Stamp = tuple[int, int, int]

logger = logging.getLogger(__name__)


class TableInForce:
    """The table as it is on the disk. What cannot be read changes nothing: the last good one stays."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the folder of lists; there may be no table in it yet."""
        self._path = folder / TABLE_FILE
        self._stamp: _Stamp | None = None
        self._table: DomainTable | None = None

    def look(self) -> DomainTable | None:
        """The table in force; None as long as there has been none. Costs a `stat`, and a mapping when it is another file."""
        stamp = self._stamped()
        if stamp is not None and stamp != self._stamp:
            self._stamp = stamp
            try:
                self._table = map_table(self._path)
            except (OSError, ValueError) as error:
                logger.warning("%s cannot be used, the last table stays: %s", self._path, error)
        return self._table

    def _stamped(self) -> _Stamp | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
