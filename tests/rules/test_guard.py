import pytest

from rules.guard import Guard, GuardGroup
from rules.list_entry import Claim

MEETING = GuardGroup(
    key="meeting", why={"en": "people", "vi": "người"}, hosts=frozenset({"facebook.com"})
)
LEARNING = GuardGroup(
    key="learning",
    why={"en": "school", "vi": "trường"},
    hosts=frozenset({"scratch.mit.edu"}),
    is_tree=True,
)
GUARD = Guard(groups=(MEETING, LEARNING))


@pytest.mark.parametrize(
    ("name", "claim", "group"),
    [
        ("facebook.com", Claim.TREE, MEETING),
        ("facebook.com", Claim.HOST, MEETING),
        ("www.facebook.com", Claim.HOST, MEETING),
        ("m.facebook.com", Claim.TREE, MEETING),
        # www.facebook.com is below it
        ("facebook.com", Claim.BELOW, MEETING),
        # nothing guarded is below these
        ("www.facebook.com", Claim.BELOW, None),
        ("pixel.facebook.com", Claim.TREE, None),
        ("facebook.com.evil.example", Claim.TREE, None),
        ("notfacebook.com", Claim.TREE, None),
        ("api.scratch.mit.edu", Claim.HOST, LEARNING),
        ("scratch.mit.edu", Claim.BELOW, LEARNING),
        ("mit.edu", Claim.TREE, LEARNING),
        ("mit.edu", Claim.HOST, None),
        ("web.mit.edu", Claim.TREE, None),
        ("facebook.com", Claim.TREE | Claim.EXCEPT, None),
        ("facebook.com", Claim.TREE | Claim.IMPORTANT, MEETING),
    ],
)
def test_a_claim_is_refused_when_something_guarded_would_close(
    name: str, claim: Claim, group: GuardGroup | None
) -> None:
    assert GUARD.refusal(name, claim) is group


def test_an_empty_guard_refuses_nothing() -> None:
    assert Guard().refusal("google.com", Claim.TREE) is None


def test_whatever_can_be_refused_has_one_of_the_guards_ends() -> None:
    refused = ["facebook.com", "www.facebook.com", "mit.edu", "a.b.scratch.mit.edu"]
    assert all(GUARD.refusal(name, Claim.TREE) for name in refused)
    assert {".".join(name.split(".")[-2:]) for name in refused} <= GUARD.ends
