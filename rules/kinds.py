"""Which entry speaks of what is asked for, wherever that is: words that are searched for, a kind of file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from rules.catalog import SearchEngine
from rules.file_kinds import is_asked_for
from rules.hosts import Url
from rules.match import Index, Rule, strength
from rules.policy import Action, FileType, Mime, Search
from rules.request import Reply, Request, Stage
from rules.search import engine_at, is_said_in, search_terms, words_of


class Finding(NamedTuple):
    """What the first list that speaks of it says, and how deep that needed to look."""

    rule: Rule | None
    look: Stage


NOTHING = Finding(None, Stage.NAME)


def find_search(
    lists: Sequence[Index],
    request: Request,
    engines: Mapping[str, SearchEngine],
    moment: datetime,
) -> Finding:
    """The rule on the words that the request searches for. Costs nothing where no list has such rules."""
    asked = [rules for entries in lists if (rules := _live(entries.searches, moment))]
    if not asked or engine_at(request.url.host, engines) is None:
        return NOTHING
    searched = _searched(request, engines)
    return Finding(_first(asked, lambda rule: _is_said(rule, searched)), Stage.REQUEST)


def speaking_kinds(
    entries: Index, request: Request, engines: Mapping[str, SearchEngine]
) -> Iterator[Rule]:
    """Every rule of a list on searches and kinds of files that speaks of the request, by now or later."""
    if entries.searches and engine_at(request.url.host, engines) is not None:
        searched = _searched(request, engines)
        yield from (rule for rule in entries.searches if _is_said(rule, searched))
    if request.stage >= Stage.REQUEST:
        replies = {None, request.reply}
        yield from (
            rule
            for rule in entries.files
            if any(_is_kind(rule, request.url, reply) for reply in replies)
        )


def find_file(lists: Sequence[Index], request: Request, moment: datetime) -> Finding:
    """The rule on the kind of file that the request asks for. Costs nothing where no list has such rules.

    What the request alone closes stays closed whatever would come back: the site is never asked.
    """
    asked = [rules for entries in lists if (rules := _live(entries.files, moment))]
    if not asked:
        return NOTHING

    def says(reply: Reply | None) -> Rule | None:
        return _first(asked, lambda rule: _is_kind(rule, request.url, reply))

    rule = says(None) if request.stage >= Stage.REQUEST else None
    if rule is not None and rule.action is Action.BLOCK:
        return Finding(rule, Stage.REQUEST)
    return Finding(rule if request.reply is None else says(request.reply), Stage.REPLY)


def _searched(request: Request, engines: Mapping[str, SearchEngine]) -> tuple[str, ...]:
    terms = search_terms(request.url, engines) if request.stage >= Stage.REQUEST else None
    return words_of(terms or "")


def _is_said(rule: Rule, searched: tuple[str, ...]) -> bool:
    return isinstance(rule.target, Search) and is_said_in(rule.target.words, searched)


def _is_kind(rule: Rule, url: Url, reply: Reply | None) -> bool:
    target = rule.target
    is_sure = rule.action is Action.ALLOW
    return isinstance(target, FileType | Mime) and is_asked_for(target, url, reply, is_sure=is_sure)


def _live(rules: Sequence[Rule], moment: datetime) -> list[Rule]:
    return [rule for rule in rules if rule.is_live(moment)]


def _first(lists: Sequence[Sequence[Rule]], is_meant: Callable[[Rule], bool]) -> Rule | None:
    """The strongest rule of the first list that has one."""
    found = (max(filter(is_meant, rules), key=strength, default=None) for rules in lists)
    return next((rule for rule in found if rule is not None), None)
