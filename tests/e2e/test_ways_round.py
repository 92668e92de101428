"""Ways round the filter: every vector of the tables in tests/ways_round, through one real proxy."""

from collections.abc import Iterator

import pytest

from rules.decision import DecisionRecord
from tests.e2e.conftest import Origins
from tests.e2e.walks import Outcome
from tests.e2e.ways_round import Vector, Walked, vectors, walked

pytestmark = pytest.mark.e2e

TRIED = vectors()
ROW_KEYS = ("scheme", "path")
DECISION_KEYS = ("category", "entry", "listed", "source", "inside", "profile")
OK = 200
STATUS = {
    "allow": OK,
    "block": 403,
    "refuse": 400,
    "closed": None,
    "carried": None,
}
PASSES = {"allow", "carried"}


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory, origins: Origins) -> Iterator[Walked]:
    with walked(tmp_path_factory.mktemp("ways") / "home", origins, TRIED) as done:
        yield done


@pytest.mark.parametrize("vector", TRIED, ids=lambda vector: vector.name)
def test_the_way_round_leads_where_the_rules_say(vector: Vector, came: Walked) -> None:
    outcome, expects = came.outcomes[vector.name], vector.expects
    assert outcome.status == expects.get("status", STATUS[expects["is"]]), outcome
    if "x-porchlight" in outcome.headers:
        assert outcome.headers["cache-control"] == "no-store"
    # the sites of these tests offer another way in every answer
    assert ("alt-svc" in outcome.headers) is (outcome.status == OK and outcome.opened is False)
    if "gets" in expects:
        assert outcome.text == expects["gets"]
    if "opened" in expects:
        assert outcome.opened is expects["opened"]
    reached = [
        f"{host.partition(':')[0]}{path}" for name, host, path in came.hits if name == vector.name
    ]
    if "reaches" in expects:
        assert reached == expects["reaches"]
    elif "hops" in expects:
        assert len(reached) == expects["hops"]
    else:
        assert bool(reached) is (expects["is"] == "allow"), reached


@pytest.mark.parametrize("vector", TRIED, ids=lambda vector: vector.name)
def test_the_log_says_what_was_seen(vector: Vector, came: Walked) -> None:
    rows, expects = came.rows.get(vector.address, []), vector.expects
    if expects.get("rows") == "none":
        assert rows == []
        return
    row = the_row(rows, came.outcomes[vector.name])
    action = expects.get("action", "allow" if expects["is"] in PASSES else "block")
    found = {"action": row.decision.action.value, "because": row.decision.reason.value}
    found |= {
        "look": row.decision.look.name.lower(),
        "seen": row.host,
        "by": row.method,
        **{key: getattr(row, key) for key in ROW_KEYS},
    }
    found |= {key: getattr(row.decision, key) for key in DECISION_KEYS}
    wanted = {"action": action, **{key: expects[key] for key in expects if key in found}}
    assert {key: found[key] for key in wanted} == wanted, row


def the_row(rows: list[DecisionRecord], outcome: Outcome) -> DecisionRecord:
    """The row of the request that counts: the one that the answer names, or the last."""
    ident = outcome.headers.get("x-porchlight", "").rpartition("id=")[2]
    named = [row for row in rows if row.decision.id == ident]
    assert named or (rows and not ident), (ident, rows)
    return (named or rows)[-1]


def test_the_tables_are_many() -> None:
    assert len(TRIED) >= 200
    assert all({"is"} <= vector.expects.keys() for vector in TRIED)
