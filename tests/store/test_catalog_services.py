"""The services that a family must find by name, and what they must leave alone."""

import pytest

from rules.hosts import parents
from store.lists import load_catalog

CATALOG = load_catalog()
SERVICES = {key: topic for key, topic in CATALOG.topics.items() if topic.is_service}
VIETNAMESE = """
    zalo coccoc vtv vtc shopee tiki lazada sendo momo zalopay vnpay zing vng-games garena lien-quan
    free-fire pubg fpt-play vnexpress tuoi-tre kenh14 shopee-food grab be cho-tot the-gioi-di-dong
    vieon tv360 mytv k-plus nhaccuatui zing-mp3 hocmai vioedu olm azota viettel vneid
""".split()
OF_ALL_KINDS = {
    "social": "facebook instagram tiktok x reddit",
    "messengers": "whatsapp telegram signal viber line wechat",
    "streaming": "youtube netflix disney-plus spotify",
    "gaming": "roblox minecraft steam playstation",
    "shopping": "amazon ebay temu shein",
    "machines that talk": "chatgpt gemini claude deepseek character-ai",
    "dating": "tinder bumble badoo",
    "files": "google-drive dropbox mega",
    "learning": "wikipedia khan-academy duolingo",
    "news": "bbc new-york-times",
    "payment": "paypal",
}
CARRY_EVERYBODY = """
    akamaihd.net akamaized.net amazonaws.com apple.com azureedge.net cloudflare.com cloudfront.net
    fastly.net fbcdn.net github.io google.com googleapis.com googleusercontent.com gstatic.com
    jsdelivr.net live.com mediacdn.vn microsoft.com mzstatic.com office.com alicdn.com
""".split()


def test_there_are_at_least_120_services() -> None:
    assert len(SERVICES) >= 120


@pytest.mark.parametrize("key", VIETNAMESE)
def test_a_vietnamese_family_finds_its_services(key: str) -> None:
    assert key in SERVICES


@pytest.mark.parametrize("kind", OF_ALL_KINDS)
def test_the_usual_services_of_each_kind_are_there(kind: str) -> None:
    assert set(OF_ALL_KINDS[kind].split()) - set(SERVICES) == set()


@pytest.mark.parametrize("host", CARRY_EVERYBODY)
def test_no_service_holds_what_carries_other_services_too(host: str) -> None:
    assert [key for key, topic in SERVICES.items() if set(parents(host)) & topic.hosts] == []


def test_a_service_lies_in_another_only_as_a_part_of_it() -> None:
    owner = {host: key for key, topic in SERVICES.items() for host in topic.hosts}
    inside = {
        (owner[host], owner[above])
        for host in owner
        for above in parents(host)[1:]
        if owner.get(above, owner[host]) != owner[host]
    }

    assert inside == {
        ("free-fire", "garena"),
        ("lien-quan", "garena"),
        ("youtube-music", "youtube"),
        ("zing-mp3", "zing"),
    }
