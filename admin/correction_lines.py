"""Who names a site, and the family's corrections of it, as they stand on the pages."""

from dataclasses import dataclass

from admin.house import Standing
from admin.rows import line_link
from admin.texts import gettext as _
from admin.texts import language, topic_words
from rules.lookup import Finding, look_up


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """What one list says of a site."""

    list: str
    """Its title; Porchlight's own set has one, too."""
    key: str
    """Empty: Porchlight's own set."""
    listed: str
    """Its entry."""
    topics: str
    is_obeyed: bool
    because: str
    """Why it is not obeyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLine:
    """One of the family's corrections."""

    host: str
    topics: str
    note: str
    link: str
    """To its line in the rule file."""


def finding_lines(standing: Standing, host: str) -> list[FindingLine]:
    """What all lists that are on say of a host in normal form."""
    return [
        FindingLine(
            list=source_words(one.source),
            key=one.source or "",
            listed=_("single pages") if one.is_pages else one.listed,
            topics=topics_words(one.topics[:1]),
            is_obeyed=one.is_obeyed,
            because=_because(one),
        )
        for one in look_up(standing.ruleset, host)
    ]


def correction_lines(standing: Standing) -> list[CorrectionLine]:
    """The family's corrections, in the rule file's order."""
    return [
        CorrectionLine(
            host=one.host,
            topics=topics_words(sorted(one.topics)),
            note=one.note,
            link=line_link(one.line),
        )
        for one in standing.policy.corrections.values()
    ]


def source_words(source: str | None) -> str:
    """The list's title, or what Porchlight's own set is called."""
    return _("Porchlight's own set") if source is None else topic_words(source)


def topics_words(keys: list[str] | tuple[str, ...]) -> str:
    """Names of categories, services and lists in a row."""
    return ", ".join(map(topic_words, keys))


def _because(finding: Finding) -> str:
    if finding.correction is not None:
        if finding.correction.note:
            return _("your correction: %(note)s", note=finding.correction.note)
        return _("your correction")
    if finding.mistake is not None:
        return _("Porchlight's own correction: %(why)s", why=finding.mistake.why[language().value])
    return ""
