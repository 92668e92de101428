"""What search engines and YouTube leave out of their own accord, as the rule file asks for it.

As in rules/policy.py, a docstring under a field is written for parents.
"""

from dataclasses import dataclass
from enum import Enum

STRICT, OFF = "strict", "off"
"""How the rule file and the catalog write whether a search engine has to be safe."""


class YouTube(Enum):
    """How much YouTube leaves out."""

    OFF = "off"
    """Nothing."""
    MODERATE = "moderate"
    """What is meant for grown-ups."""
    STRICT = "strict"
    """Whatever might be, with all comments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeSearch:
    """What search engines and YouTube leave out of their own accord."""

    is_safe: bool = False
    """Whether search engines must leave out what is meant for grown-ups. Without it: the preset's, else `off`."""
    youtube: YouTube = YouTube.OFF
    """How much YouTube leaves out. Without it: the preset's, else `off`."""
