"""A table of any bytes is refused, or answers; it never does anything else, whatever became of the file."""

from random import Random

import pytest

from rules.domain_table import DomainTable, TableBuilder, verify
from rules.hosts import parse_url
from rules.list_entry import Claim, Entry, Source
from tests.fuzz.seeds import PATIENCE_SECONDS, chance, seeds, shown

pytestmark = pytest.mark.timeout(PATIENCE_SECONDS)

INPUTS = 1_500
NAMES = [f"{label}.{ending}" for label in "abcdefgh" for ending in ("com", "vn", "x.example")]
PAGE = "/bad?x=1"


def table() -> bytes:
    builder = TableBuilder(made_of="a test")
    for number, claim in enumerate(
        (Claim.TREE, Claim.HOST, Claim.TREE | Claim.EXCEPT, Claim.BELOW)
    ):
        entries = [Entry(1, name, claim) for name in NAMES[number::2]]
        source = Source(name=f"list-{number}", categories=("adult", "trò chơi"))
        builder.add(source, [*entries, Entry(1, NAMES[number], Claim.HOST, PAGE)])
    return builder.finish()


def damaged(whole: bytes, dice: Random) -> bytes:
    made = bytearray(whole)
    for _ in range(dice.choice((1, 1, 2, 9))):
        place = dice.randint(0, len(made))
        gone, new = dice.choice(((1, 1), (1, 1), (4, 4), (8, 8), (0, 12), (12, 0), (len(made), 0)))
        made[place : place + gone] = dice.choice((dice.randbytes(new), bytes(new), b"\xff" * new))
    return bytes(made)


def test_damaged_bytes_are_refused_or_answered_from() -> None:
    whole, opened = table(), 0
    for seed in seeds(INPUTS):
        made = damaged(whole, chance(seed))
        with shown(seed, made):
            try:
                found = DomainTable(made)
                opened += 1
                for name in NAMES:
                    found.find(name)
                    found.find_pages(name)
                    found.find_page(parse_url(f"https://{name}{PAGE}"))
            except ValueError:
                pass
            is_verified = True
            try:
                verify(made)
            except ValueError:
                is_verified = False
            assert is_verified is (made == whole)
    assert opened > INPUTS // 10
