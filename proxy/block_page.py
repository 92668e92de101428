"""The page that a child sees where a page would have been: one HTML text that asks for nothing else.

Law: no word of it is written here; `rules.wording` says them. No script, no picture, no font from elsewhere.
"""

import base64
import hashlib
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from rules.compile import Ruleset
from rules.decision import Decision
from rules.wording import block_words, helpline_words

_CSS = Path(__file__).with_name("block_page.css").read_text(encoding="utf-8")
_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined).from_string(
    Path(__file__).with_name("block_page.html.j2").read_text(encoding="utf-8")
)
_HASH = base64.b64encode(hashlib.sha256(_CSS.encode("utf-8")).digest()).decode("ascii")

CONTENT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'"
)
"""For the header: what the page itself may do. A page of another site may hold it in a frame."""


def render(
    decision: Decision, ruleset: Ruleset, *, host: str, moment: datetime, is_small: bool = False
) -> str:
    """The page's HTML; the small one fits into a frame within another page."""
    policy, catalog = ruleset.policy, ruleset.catalog
    words = block_words(decision, policy=policy, catalog=catalog, moment=moment)
    profile = policy.profiles.get(decision.profile)
    return _TEMPLATE.render(
        words=words,
        helplines=helpline_words(policy, catalog, language=words.language),
        host=host,
        who=profile.name if profile else decision.profile,
        ident=decision.id,
        is_small=is_small,
        css=Markup(_CSS),  # noqa: S704 - our own file, and escaped its hash would not fit
    )
