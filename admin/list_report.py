"""The note that a parent can send to those who keep a list: what is wrong, where, and nothing about the house.

Law: nothing is sent by Porchlight. The text names the list, its entry and the site, in the parent's own words.
"""

from dataclasses import dataclass

from admin.correction_lines import source_words
from admin.house import House, Standing
from admin.list_lines import statuses
from admin.texts import language, translations
from rules.lookup import Finding, look_up
from rules.policy import Language
from rules.subscription import Correction
from rules.wording import topic_title
from store.list_copies import Copy

_VERSIONS = ("version", "last modified")
"""What a list may say of its own age, the most exact first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One list's note."""

    list: str
    """Its title."""
    home: str
    """Where its mistakes are reported. Empty: nobody told us."""
    language: Language
    """Of the text: that of those who keep the list, as far as it is known."""
    text: str


def reports(here: House, standing: Standing, correction: Correction) -> list[Report]:
    """One note for each published list that says what a correction contradicts."""
    copies = {one.key: one.copy for one in statuses(here, standing)}
    return [
        _report(here, standing, correction, finding, copies.get(finding.source))
        for finding in look_up(standing.ruleset, correction.host)
        if finding.source is not None and not correction.topics.isdisjoint(finding.topics)
    ]


def _report(
    here: House, standing: Standing, correction: Correction, finding: Finding, copy: Copy | None
) -> Report:
    key = finding.source or ""
    offer = here.catalog.offers.get(key)
    spoken = _language(offer.countries) if offer else language()
    return Report(
        list=source_words(key),
        home=offer.home if offer else "",
        language=spoken,
        text="\n".join(
            _lines(
                here=here,
                standing=standing,
                correction=correction,
                finding=finding,
                copy=copy,
                spoken=spoken,
            )
        ),
    )


def _language(countries: tuple[str, ...]) -> Language:
    """Whoever makes a list for Viet Nam alone reads Vietnamese; everybody else is written to in English."""
    return Language.VIETNAMESE if countries == ("VN",) else Language.ENGLISH


def _lines(
    *,
    here: House,
    standing: Standing,
    correction: Correction,
    finding: Finding,
    copy: Copy | None,
    spoken: Language,
) -> list[str]:
    words = translations(spoken)
    key = finding.source or ""
    url = standing.policy.lists[key].url
    topic = topic_title(finding.topics[0], language=spoken, catalog=here.catalog)
    facts = (
        (words.gettext("List"), topic_title(key, language=spoken, catalog=here.catalog)),
        (words.gettext("Address"), url or ""),
        (words.gettext("Copy of"), f"{copy.fetched_at:%Y-%m-%d}" if copy else ""),
        (words.gettext("Version"), _version(copy)),
        (
            words.gettext("Single pages at") if finding.is_pages else words.gettext("Entry"),
            finding.listed,
        ),
        (words.gettext("Site"), correction.host if correction.host != finding.listed else ""),
        (words.gettext("Listed as"), topic),
        (words.gettext("What it is instead"), correction.note),
    )
    return [
        words.gettext("Wrong entry: %(entry)s") % {"entry": finding.listed},
        "",
        *(f"{name}: {said}" for name, said in facts if said),
        "",
        words.gettext("Please look at this entry and take it out if you agree. Thank you."),
    ]


def _version(copy: Copy | None) -> str:
    header = copy.header if copy else {}
    return next((header[name] for name in _VERSIONS if name in header), "")
