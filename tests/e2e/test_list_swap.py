"""A large list replaces another while browsers ask: no request fails, and none is answered without a list. The figures: benchmarks/list_swap.py."""

from pathlib import Path

import pytest

from benchmarks.list_swap import LISTS, opened_house, probe, swap

pytestmark = pytest.mark.e2e

DOMAINS = 200_000


def test_no_request_fails_while_a_large_list_is_replaced(tmp_path: Path) -> None:
    with opened_house(tmp_path / "home", DOMAINS) as house:
        done = swap(house, LISTS[1], DOMAINS, calm=1.0)
        assert done.failed == 0
        assert len(done.samples) > 100
        assert len(done.latencies("read and compile")) > 10
        assert house.is_closed(probe(LISTS[1]))
        assert not house.is_closed(probe(LISTS[0]))
