"""The policy in force, followed from the rule file: the newest text that is right, else the last good one of the history."""

import logging
import time
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from rules.acceptance import accept, recall
from rules.catalog import Catalog
from rules.policy import Policy
from rules.problems import PolicyError
from store import policies
from store.database import existing_database
from store.files import Stamp, stamp
from store.list_table import TableInForce
from store.settings import Settings

READ_AGAIN_SECONDS = 5.0
"""A file is read again this often though its stat says that nothing changed: dates that `expect:` depends on pass."""

logger = logging.getLogger(__name__)


class RulesInForce:
    """Follows the rule file. What is broken changes nothing, and a database that is gone stops nothing."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        """Reads nothing yet."""
        self._settings = settings
        self._catalog = catalog
        self._path = settings.rules_path
        self._table = TableInForce(settings.lists_dir)
        self._stamp: Stamp | None = None
        self._read_at = 0.0
        self._policy: Policy | None = None

    def look(self) -> Policy | None:
        """The policy in force; None where no good rules were ever seen. Costs a `stat` while nothing changes."""
        found, now = stamp(self._path), time.monotonic()
        if found != self._stamp and self._read_at:
            # Not yet: an editor may be in the middle of writing. The next look reads it, if it rests.
            self._stamp, self._read_at = found, now - READ_AGAIN_SECONDS
        elif now - self._read_at >= READ_AGAIN_SECONDS or not self._read_at:
            self._stamp, self._read_at = found, now
            self._policy = self._in_the_file() or self._policy or self._last_good()
        return self._policy

    def _in_the_file(self) -> Policy | None:
        try:
            text = policies.read(self._path)
            if self._policy is not None and self._policy.revision == text.revision:
                return self._policy
            return accept(
                text.text,
                file=self._path.name,
                catalog=self._catalog,
                moment=datetime.now(UTC),
                reach=self._settings.reach,
                table=self._table.look(),
            ).policy
        except (PolicyError, OSError):
            return None  # the proxy says so, and the pages

    def _last_good(self) -> Policy | None:
        try:
            with existing_database(self._settings.database_url) as engine:
                history = () if engine is None else policies.history(engine)
        except (SQLAlchemyError, OSError) as error:
            logger.warning("the history of the rules cannot be read: %s", error)
            return None
        for revision in history:
            try:
                return recall(revision.text, file=self._path.name, catalog=self._catalog).policy
            except PolicyError:
                continue
        return None
