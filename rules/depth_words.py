"""How deep the rules look, in words: for the pages and for the command line."""

from collections.abc import Sequence

from rules.catalog import Catalog
from rules.decision import Decision
from rules.depth import Wish
from rules.policy import Action, Language
from rules.request import Stage
from rules.seal import DEVICE, HELP, OPENABLE, PASSAGE, TUNNEL
from rules.sentences import sentence

_OF_THE_DEVICE = frozenset({DEVICE, TUNNEL, PASSAGE})


def look_line(
    decision: Decision,
    wishes: Sequence[Wish],
    *,
    scheme: str,
    language: Language,
    catalog: Catalog,
) -> str:
    """How deep one host is looked into, and why.

    Args:
        decision: By the host's name alone.
        wishes: The entries that want to see more there.
        scheme: Of the address that was asked for.
        language: In which it is said.
        catalog: Knows the kinds of what is never opened.
    """
    if scheme in OPENABLE:
        return sentence(language, "look.plain")
    if decision.seal is not None:
        return _sealed(decision.seal, wishes, language, catalog)
    if decision.look is Stage.NAME:
        is_closed = decision.action is Action.BLOCK
        return sentence(language, "look.closed" if is_closed else "look.name")
    if not wishes:
        return sentence(language, "look.opened.alone")
    return sentence(language, "look.opened", wishes=_all(wishes, language))


def wish_line(wish: Wish, *, language: Language) -> str:
    """What an entry wants to see: `file: exe wants to see which files come back (line 12)`."""
    key = "look.wish.built-in" if wish.line is None else "look.wish"
    what = cause_words(wish, language=language)
    return sentence(language, key, entry=wish.entry, line=wish.line, what=what)


def cause_words(wish: Wish, *, language: Language) -> str:
    """What it wants to see: `which page it is`."""
    return sentence(language, f"look.what.{wish.cause.value}")


def seal_words(seal: str, *, language: Language, catalog: Catalog) -> str:
    """Why a host is never opened: `a bank or a payment service`."""
    if seal in catalog.seals:
        return catalog.seals[seal].title[language.value]
    return sentence(language, f"look.seal.{seal}")


def _sealed(seal: str, wishes: Sequence[Wish], language: Language, catalog: Catalog) -> str:
    key = "look.sealed.device" if seal in _OF_THE_DEVICE else "look.sealed"
    said = sentence(language, key, why=seal_words(seal, language=language, catalog=catalog))
    near = [wish for wish in wishes if not wish.is_everywhere and wish.line is not None]
    if not near or seal == HELP:
        return said
    silent = "; ".join(
        sentence(language, "look.silent", entry=wish.entry, line=wish.line) for wish in near
    )
    return f"{said} {sentence(language, 'look.sealed.but', wishes=silent)}"


def _all(wishes: Sequence[Wish], language: Language) -> str:
    return "; ".join(wish_line(wish, language=language) for wish in wishes)
