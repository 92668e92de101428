import pytest

from rules.list_entry import Claim, is_closed, speaks_of

OPENS = Claim.TREE | Claim.EXCEPT
STRONG = Claim.TREE | Claim.IMPORTANT


@pytest.mark.parametrize(
    ("claim", "itself", "below"),
    [
        (Claim.HOST, True, False),
        (Claim.BELOW, False, True),
        (Claim.TREE, True, True),
        (OPENS, True, True),
        (Claim.EXCEPT | Claim.HOST, True, False),
    ],
)
def test_a_claim_reaches_as_far_as_it_says(claim: Claim, itself: bool, below: bool) -> None:  # noqa: FBT001
    assert speaks_of(claim, is_itself=True) is itself
    assert speaks_of(claim, is_itself=False) is below


@pytest.mark.parametrize(
    ("claims", "closed"),
    [
        ([], False),
        ([Claim.TREE], True),
        ([OPENS], False),
        ([Claim.TREE, OPENS], False),
        ([STRONG, OPENS], True),
        ([STRONG, OPENS | Claim.IMPORTANT], False),
    ],
)
def test_an_exception_beats_an_entry_and_an_important_one_beats_both(
    claims: list[Claim],
    closed: bool,  # noqa: FBT001
) -> None:
    assert is_closed(claims) is closed
    assert is_closed(reversed(claims)) is closed
