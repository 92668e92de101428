"""What the tests of the proxy share: a policy, and a door whose parts are small fakes."""

import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from ipaddress import ip_address
from typing import cast

import pytest
from sqlalchemy import create_engine

with warnings.catch_warnings():
    # mitmproxy's addons import ldap3, which still says pyasn1's old names
    warnings.simplefilter("ignore", DeprecationWarning)
    import mitmproxy.master  # noqa: F401

from proxy.door import Door
from proxy.handshakes import Handshakes
from proxy.live import Live, State
from proxy.recorder import Job, Recorder
from proxy.resolver import Resolver
from proxy.sightings import Sightings
from proxy.sign_in import SignIn
from rules.catalog import Catalog, Helpline, SealKind, Topic
from rules.compile import Ruleset, compile_policy
from rules.decision import BUILT_IN, Decision, DecisionRecord, Reason
from rules.policy import (
    UNKNOWN,
    Action,
    Device,
    Entry,
    Language,
    LogLevel,
    Policy,
    Profile,
    Site,
    Word,
)
from rules.request import Stage
from store.settings import Settings

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OUTSIDE = "93.184.216.34"
CATALOG = Catalog(
    topics={"adult": Topic(key="adult", title={"en": "adult"}, hosts=frozenset({"adult.example"}))},
    help_sites=frozenset({"help.example"}),
    seals={
        "bank": SealKind(key="bank", title={"en": "a bank", "vi": "ngân hàng"}, is_private=True),
        "pinned": SealKind(key="pinned", title={"en": "an app", "vi": "ứng dụng"}),
    },
    never_opened={"bank.example": "bank", "app.example": "pinned"},
    helplines={
        "VN": (
            Helpline(
                number="111",
                name={"en": "Child helpline", "vi": "Tổng đài trẻ em"},
                hours={"en": "day and night", "vi": "cả ngày lẫn đêm"},
                source="a test",
                verified_on="2026-11-24",
            ),
        )
    },
)


def entry(address: str, line: int, path: str | None = None) -> Entry:
    return Entry(address=address, target=Site(host=address, path=path), line=line)


def make_policy(
    *,
    when_filter_fails: Action = Action.BLOCK,
    language: Language = Language.ENGLISH,
    log: LogLevel = LogLevel.FULL,
) -> Policy:
    return Policy(
        file="family.yaml",
        revision="abc",
        timezone="UTC",
        country="VN",
        language=language,
        when_filter_fails=when_filter_fails,
        never=(Entry(address="adult", target=Word(name="adult"), line=4),),
        profiles={
            "younger": Profile(
                key="younger",
                name="Younger <child>",
                line=6,
                language=language,
                devices=("tablet",),
                block=(entry("bad.example", 9),),
                log=log,
            ),
            UNKNOWN: Profile(key=UNKNOWN, name=UNKNOWN, line=0, language=language, log=log),
        },
        devices={"tablet": Device(address=ip_address("127.0.0.2"), line=20)},
    )


def make_decision(reason: Reason = Reason.SITE, action: Action = Action.BLOCK) -> Decision:
    return Decision(
        id="7K2M9QX4TB1W",
        action=action,
        reason=reason,
        profile="younger",
        device="tablet",
        entry="bad.example" if reason is Reason.SITE else None,
        file="family.yaml" if reason is Reason.SITE else BUILT_IN,
        line=9 if reason is Reason.SITE else None,
        until=None,
        look=Stage.NAME,
        revision="abc",
    )


@dataclass
class StillLive:
    """Rules that do not change."""

    state: State
    stopped: bool = False

    @property
    def language(self) -> Language:
        return self.state.ruleset.policy.language

    def stop(self, seconds: float) -> None:
        self.stopped = seconds > 0


@dataclass
class Notebook:
    """A recorder that keeps everything."""

    lines: list[tuple[DecisionRecord, LogLevel]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    timezone: tzinfo = UTC

    def put(self, record: DecisionRecord, level: LogLevel) -> None:
        self.lines.append((record, level))

    def later(self, job: Job) -> bool:
        self.jobs.append(job)
        return True

    def stop(self, seconds: float) -> None:
        """Nothing is waiting."""


def make_door(policy: Policy | None = None) -> Door:
    ruleset = compile_policy(policy or make_policy(), CATALOG)
    names = dict.fromkeys(
        (
            *("good.example", "bad.example", "adult.example", "help.example"),
            *("bank.example", "app.example"),
        ),
        OUTSIDE,
    ) | {"nas.example": "192.168.1.5"}
    recorder = cast("Recorder", Notebook())
    sightings = Sightings(recorder)
    return Door(
        settings=cast("Settings", None),
        live=cast("Live", StillLive(State(ruleset=ruleset))),
        recorder=recorder,
        handshakes=Handshakes(recorder),
        resolver=Resolver(names=names, reach=(), own_ports=(8080, 8000)),
        sign_in=SignIn(recorder, sightings),
        sightings=sightings,
        database=create_engine("sqlite://"),
    )


def lines_of(door: Door) -> list[DecisionRecord]:
    return [line for line, _ in cast("Notebook", door.recorder).lines]


@pytest.fixture
def ruleset() -> Ruleset:
    return compile_policy(make_policy(), CATALOG)
