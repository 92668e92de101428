"""What the tests of the rules share: a small catalog that no data file can change."""

from datetime import timedelta

import pytest

from rules.catalog import (
    Carrier,
    Catalog,
    Helpline,
    ListMistake,
    ListOffer,
    Preset,
    SafeEngine,
    SafeWay,
    SealKind,
    SearchEngine,
    Topic,
)
from rules.policy import Action, LogLevel
from rules.safe_mode import SafeSearch, YouTube


def topic(key: str, *hosts: str, is_service: bool = False) -> Topic:
    return Topic(
        key=key,
        title={"en": f"{key} pages", "vi": f"trang {key}"},
        hosts=frozenset(hosts),
        is_service=is_service,
    )


TOPICS = (
    topic("adult", "pornhub.com", "xvideos.com"),
    topic("games", "roblox.com", "minecraft.net"),
    topic("social", "facebook.com", "zalo.me"),
    topic("bare-address"),
    topic("raw-tunnels"),
    topic("dns-bypass", "dns.google"),
    topic("proxies", "translate.goog"),
    topic("zalo", "zalo.me", is_service=True),
    topic("youtube", "youtube.com", "youtu.be", is_service=True),
)


PRESETS = (
    Preset(
        key="garden",
        ages="4-7",
        default=Action.BLOCK,
        block=("social",),
        log=LogLevel.SITES,
        tuesday={"en": "A garden.", "vi": "Một khu vườn."},
        search=SafeSearch(is_safe=True, youtube=YouTube.STRICT),
    ),
    Preset(
        key="trusted",
        ages="14-15",
        default=Action.ALLOW,
        block=("adult", "social"),
        log=LogLevel.BLOCKED,
        tuesday={"en": "Trust.", "vi": "Tin nhau."},
        search=SafeSearch(is_safe=True),
    ),
)

OFFER = ListOffer(
    key="players",
    title={"en": "Places to play", "vi": "Chỗ chơi"},
    url="https://lists.example/players.txt",
    category="games",
    licence="MIT",
    home="https://lists.example",
    every=timedelta(days=1),
    domains=3,
)
MISTAKE = ListMistake(
    host="teaches.example", topics=frozenset({"adult"}), why={"en": "a school", "vi": "trường học"}
)


def engine(key: str, *paths: str, parameter: str = "q") -> SearchEngine:
    return SearchEngine(key=key, paths=paths, parameters=frozenset({parameter, "as_q"}))


SEARCH_ENGINES = {
    "google.*": engine("google", "/search", "/complete"),
    "duckduckgo.com": engine("duckduckgo", "/"),
    "coccoc.com": engine("coccoc", "/search", parameter="query"),
}


FINDS = (("safe", "on"),)
SAFE_SEARCH = {
    "find.example": SafeEngine(
        key="find",
        paths=("=/", "/search"),
        ways={"strict": SafeWay(parameters=FINDS, name="safe.find.example")},
    ),
    "plain.example": SafeEngine(
        key="plain", paths=("/search",), ways={"strict": SafeWay(parameters=FINDS)}
    ),
    "short.example": SafeEngine(
        key="short", paths=("/",), ways={"strict": SafeWay(parameters=FINDS)}, is_opened=False
    ),
    "films.example": SafeEngine(
        key="films",
        paths=(),
        is_youtube=True,
        ways={
            "strict": SafeWay(headers=(("Restrict", "Strict"),), name="strict.films.example"),
            "moderate": SafeWay(headers=(("Restrict", "Some"),), name="some.films.example"),
        },
    ),
}
SEALS = {
    "bank": SealKind(key="bank", title={"en": "a bank", "vi": "ngân hàng"}, is_private=True),
    "pinned": SealKind(key="pinned", title={"en": "an app", "vi": "ứng dụng"}, is_liftable=True),
}


CARRIERS = {
    "translate.goog": (Carrier(key="copies", is_label=True),),
    "archive.example": (
        Carrier(key="archive", paths=("/web/", "/"), parameters=frozenset({"url"})),
    ),
    "busy.example": (
        Carrier(key="busy", parameters=frozenset({"u", "?"}), is_worth_opening=False),
    ),
}


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog(
        topics={one.key: one for one in TOPICS},
        presets={one.key: one for one in PRESETS},
        offers={OFFER.key: OFFER},
        mistakes={MISTAKE.host: MISTAKE},
        search_engines=SEARCH_ENGINES,
        safe_search=SAFE_SEARCH,
        help_sites=frozenset({"childline.org.uk", "tongdai111.vn"}),
        seals=SEALS,
        never_opened={"bank.example": "bank", "app.example": "pinned"},
        helplines={
            "VN": (
                Helpline(
                    number="111",
                    name={"en": "National child helpline", "vi": "Tổng đài bảo vệ trẻ em"},
                    hours={"en": "free, day and night", "vi": "miễn phí, cả ngày lẫn đêm"},
                    source="a test",
                    verified_on="2026-11-24",
                ),
            )
        },
    )
