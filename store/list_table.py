"""The compiled table of the lists in force: one file of the home, mapped by every process, followed as it is replaced."""

import logging
from pathlib import Path

from rules.domain_table import DomainTable
from store.files import Stamp, stamp
from store.list_files import map_table

TABLE_FILE = "all.table"
"""In the folder of lists."""

logger = logging.getLogger(__name__)


class TableInForce:
    """The table as it is on the disk. What cannot be read changes nothing: the last good one stays."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the folder of lists; there may be no table in it yet."""
        self._path = folder / TABLE_FILE
        self._stamp: Stamp | None = None
        self._table: DomainTable | None = None

    def look(self) -> DomainTable | None:
        """The table in force; None as long as there has been none. Costs a `stat`, and a mapping when it is another file."""
        found = stamp(self._path)
        if found is not None and found != self._stamp:
            self._stamp = found
            try:
                self._table = map_table(self._path)
            except (OSError, ValueError) as error:
                logger.warning("%s cannot be used, the last table stays: %s", self._path, error)
        return self._table
