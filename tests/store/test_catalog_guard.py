"""What the guard must hold, and what it must never hold."""

import pytest

from rules.hosts import is_public_suffix, normal_host
from rules.list_entry import Claim
from store.lists import load_catalog, load_guard

GUARD = load_guard()
MUST_PASS = """
    google.com www.google.com www.google.com.vn www.youtube.com m.youtube.com www.facebook.com
    m.facebook.com wikipedia.org vi.wikipedia.org en.m.wikipedia.org apple.com www.microsoft.com
    moet.gov.vn www.chinhphu.vn www.gov.uk scratch.mit.edu vnu.edu.vn sexetc.org www.sexetc.org
    gaystarnews.com www.gaystarnews.com surveymonkey.com www.plannedparenthood.org www.nhs.uk
    vinmec.com essex.police.uk www.sussex.ac.uk tongdai111.vn www.thetrevorproject.org github.io
    blogspot.com cloudfront.net fbcdn.net vietcombank.com.vn vnexpress.net gamblersanonymous.org
    revengepornhelpline.org.uk www.sexualaufklaerung.de
""".split()
MAY_BE_LISTED = """
    pixel.facebook.com metrics.apple.com someone.blogspot.com someone.github.io
    facebook.com.login.example wikipedia.org.example goog1e.com adservice.google.com
""".split()
NEVER_GUARDED = (
    "adult gambling malware phishing vpn proxies dating violence drugs piracy unsafe-search".split()
)


@pytest.mark.parametrize("host", MUST_PASS)
def test_what_everybody_needs_no_list_may_block(host: str) -> None:
    assert GUARD.refusal(host, Claim.HOST)
    assert GUARD.refusal(host, Claim.TREE)


@pytest.mark.parametrize("host", MAY_BE_LISTED)
def test_a_list_may_still_name_what_is_only_near_it(host: str) -> None:
    assert GUARD.refusal(host, Claim.TREE) is None


@pytest.mark.parametrize("category", NEVER_GUARDED)
def test_the_guard_keeps_nothing_open_that_our_own_catalog_calls_bad(category: str) -> None:
    hosts = load_catalog().topics[category].hosts
    assert hosts
    assert [host for host in hosts if GUARD.refusal(host, Claim.TREE)] == []


def test_every_group_says_why_in_both_languages() -> None:
    for group in GUARD.groups:
        assert set(group.why) == {"en", "vi"}
        assert all(group.why.values())
        assert group.hosts


def test_every_guarded_host_is_a_name_in_normal_form_and_stands_once() -> None:
    hosts = [host for group in GUARD.groups for host in group.hosts]
    assert len(hosts) == len(set(hosts)) >= 150
    assert [host for host in hosts if normal_host(host) != host or "." not in host] == []


def test_a_whole_registry_is_guarded_only_for_a_state_and_its_hospitals() -> None:
    suffixes = {host for group in GUARD.groups for host in group.hosts if is_public_suffix(host)}
    assert suffixes == {"gov.vn", "gov.uk", "police.uk", "nhs.uk", "gov.au", "gov.sg"}


def test_the_guard_is_read_once() -> None:
    assert load_guard() is GUARD
