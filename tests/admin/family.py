"""A family for the pages' tests: its rules, a clock that the test winds, lines of the log, a parent who clicks."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from admin.proposal import Answer, Span, as_grant
from rules.decision import Decision, DecisionRecord, Reason
from rules.facts import Grant
from rules.policy import Action, Policy
from rules.policy_text import revision_of
from rules.request import Stage
from store import decisions, workers
from store.device_setup import Check
from store.tables import Light
from store.workers import Worker

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday, 16:00 in the family's time zone."""
NAME, PASSWORD = "Lan", "con mèo ngủ trên nóc tủ lạnh"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

RULES = """\
# the family's rules
porchlight: 1
timezone: Asia/Ho_Chi_Minh
country: VN
language: en

never: [adult]

profiles:
  younger:
    name: Younger child
    devices: [tablet]
    default: block
    allow:
      - wikipedia.org  # for school
    time:
      windows:
        every_day: ["06:00-20:00"]
  teen:
    name: Teen
    devices: [phone]
    block: [tiktok.com]

devices:
  tablet: {ip: 192.168.1.20}
  phone: {ip: 192.168.1.21}
"""

HANOI = Policy(file="family.yaml", revision="", timezone="Asia/Ho_Chi_Minh")
OPEN = Answer(action=Action.ALLOW, site="mit.edu", profile="younger", span=Span.HALF_HOUR)


@dataclass
class Clock:
    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def wind(self, span: timedelta) -> None:
        self.moment += span


@dataclass
class Parent:
    """A browser: it sends Origin with forms, and the token of the page it saw last."""

    client: FlaskClient
    page: str = field(default="", repr=False)

    def get(self, path: str, headers: dict[str, str] | None = None) -> TestResponse:
        answer = self.client.get(path, headers=headers)
        self.page = answer.text
        return answer

    def post(self, path: str, /, **form: str) -> TestResponse:
        """Send a form and stay with its answer."""
        return self._send(path, form, follow=False)

    def see(self, path: str, /, **form: str) -> TestResponse:
        """Send a form and follow to the page that its answer leads to."""
        return self._send(path, form, follow=True)

    def _send(self, path: str, form: dict[str, str], *, follow: bool) -> TestResponse:
        if not TOKEN.search(self.page):
            self.get("/rules")
        answer = self.client.post(
            path,
            data={"csrf_token": self.token, **form},
            headers={"Origin": "http://localhost"},
            follow_redirects=follow,
        )
        if answer.mimetype == "text/html" and answer.status_code != 302:
            self.page = answer.text
        return answer

    @property
    def token(self) -> str:
        found = TOKEN.search(self.page)
        assert found, "the page has no form"
        return found[1]

    def sign_in(self, name: str = NAME, password: str = PASSWORD) -> TestResponse:
        self.get("/sign-in")
        answer = self.post("/sign-in", name=name, password=password)
        if answer.status_code == 302:
            self.page = ""  # its token has ended with the session before
        return answer


def record(host: str = "scratch.mit.edu", **changes: object) -> DecisionRecord:
    """A line of the log; `changes` are fields of the decision or of the record."""
    blocked = Decision(
        id="7Q2MZK4T9BXD",
        action=Action.BLOCK,
        reason=Reason.DEFAULT,
        profile="younger",
        device="tablet",
        entry=None,
        file="family.yaml",
        line=13,
        until=None,
        look=Stage.NAME,
        revision=revision_of(RULES),
    )
    own = {key: value for key, value in changes.items() if hasattr(blocked, key)}
    rest = {key: value for key, value in changes.items() if key not in own}
    found = DecisionRecord(
        at=NOW,
        decision=replace(blocked, **own),  # type: ignore[arg-type]
        client="192.168.1.20",
        method="GET",
        scheme="https",
        host=host,
        path="",
    )
    return replace(found, **rest)  # type: ignore[arg-type]


def grant(**changes: object) -> Grant:
    """mit.edu for the younger child, for half an hour."""
    found = as_grant(OPEN, by="Lan", moment=NOW, policy=HANOI)
    return replace(found, **changes)  # type: ignore[arg-type]


def log(engine: Engine, *records: DecisionRecord) -> None:
    decisions.write(engine, records)


def worker(**changes: object) -> Worker:
    """A worker that has the rules of the file and reported just now."""
    found = Worker(
        name="proxy-1",
        pid=1,
        started=NOW,
        seen=NOW,
        revision=revision_of(RULES),
        in_force_since=NOW - timedelta(minutes=2),
        dropped=0,
        problem="",
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def work(engine: Engine, **changes: object) -> None:
    workers.report(engine, worker(**changes))


def sight(light: Light = Light.TRAFFIC, **changes: object) -> Check:
    """What the proxy sees of the tablet while nobody has named it."""
    found = Check(
        light=light,
        at=NOW,
        client="192.168.1.77",
        mac="a4:83:e7:12:9f:01",
        device=None,
        profile="unknown",
    )
    return replace(found, **changes)  # type: ignore[arg-type]
