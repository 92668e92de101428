"""Lists with their groups spelled out."""

from rules.entries import spell_out
from rules.policy import Entry, GroupUse, Policy, Site

POLICY = Policy(
    file="family.yaml",
    revision="0",
    timezone="UTC",
    groups={
        "outer": (GroupUse(group="inner", line=3, note="outer's"),),
        "inner": (
            Entry(address="a.example", target=Site(host="a.example"), line=4, note="its own"),
        ),
    },
)


def test_an_entry_speaks_for_itself() -> None:
    (found,) = spell_out(POLICY, POLICY.groups["inner"])

    assert (found.entry, found.address, found.line, found.note) == (
        "a.example",
        "a.example",
        4,
        "its own",
    )


def test_an_address_in_a_group_speaks_with_the_groups_name_and_line() -> None:
    (found,) = spell_out(POLICY, (GroupUse(group="outer", line=9),))

    assert (found.entry, found.address, found.line) == ("outer", "a.example", 9)
    assert found.note == "outer's"
