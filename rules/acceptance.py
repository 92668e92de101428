"""The one place where a rule file's text becomes rules in force, so that every door refuses alike."""

from collections.abc import Collection
from datetime import datetime

from rules.catalog import Catalog
from rules.compile import Ruleset, compile_policy
from rules.domain_table import DomainTable
from rules.expectations import unmet
from rules.policy_text import parse
from rules.problems import PolicyError


def accept(
    text: str,
    *,
    file: str,
    catalog: Catalog,
    moment: datetime,
    reach: Collection[str] = (),
    table: DomainTable | None = None,
) -> Ruleset:
    """The rules that a text means, if they do what the family expects of them.

    Args:
        text: The rule file's.
        file: Its name as shown to people.
        catalog: What names in the text can mean.
        moment: Aware: now. The weeks and holidays from here on are what `expect:` is tried on.
        reach: `address:port` inside the house that the proxy may open.
        table: The published lists.

    Raises:
        PolicyError: with all that is wrong; unmet expectations only where nothing else is.
    """
    ruleset = recall(text, file=file, catalog=catalog, reach=reach, table=table)
    problems = unmet(ruleset, moment)
    if problems:
        raise PolicyError(problems)
    return ruleset


def recall(
    text: str,
    *,
    file: str,
    catalog: Catalog,
    reach: Collection[str] = (),
    table: DomainTable | None = None,
) -> Ruleset:
    """The rules of a text that was accepted before: what it expects is not tried again.

    An entry that has ended since may fail an expectation by now; a house must not lose its rules
    over that when its computer starts again.

    Raises:
        PolicyError: with all that is wrong, after a change of Porchlight itself.
    """
    policy = parse(text, file=file, catalog=catalog)
    return compile_policy(policy, catalog, reach=reach, table=table)
