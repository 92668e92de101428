"""What is changed in requests so that search engines and YouTube leave out what a profile wants left out.

Law: it is never a verdict. Whatever opened the place, an entry or a parent's leave, what is open is changed.
"""

from collections.abc import Iterator

from rules.address import parameters_of
from rules.catalog import SafeEngine, SafeWay
from rules.compile import Ruleset, preset_entry
from rules.decision import Rewrite
from rules.hosts import Url
from rules.policy import Profile
from rules.request import Stage
from rules.safe_mode import OFF, STRICT, SafeSearch

SAFE, YOUTUBE = "safe", "youtube"
"""The keys of the rule file that ask for it."""


def safe_name(ruleset: Ruleset, profile: Profile, host: str) -> str | None:
    """The name whose addresses a connection to this host, in normal form, has to go to; None: its own."""
    found = _way_at(ruleset, profile, host)
    return None if found is None else found[1].name


def rewrite_of(ruleset: Ruleset, profile: Profile, url: Url, stage: Stage) -> Rewrite | None:
    """What is changed in this request; at Stage.NAME as far as the name says it."""
    found = _way_at(ruleset, profile, url.host)
    if found is None:
        return None
    engine, way = found
    mode = _mode(profile.search, engine)
    return Rewrite(
        what=f"{YOUTUBE}.{mode}" if engine.is_youtube else SAFE,
        parameters=way.parameters if stage > Stage.NAME and _is_at(url.path, engine) else (),
        headers=way.headers,
        connect_to=way.name,
        line=_place(ruleset, profile, engine)[0],
    )


def look_of(ruleset: Ruleset, profile: Profile, host: str) -> Stage:
    """How deep one has to look into a host to change what has to be changed there."""
    found = _way_at(ruleset, profile, host)
    if found is None:
        return Stage.NAME
    engine, way = found
    return Stage.REQUEST if way.name is None and engine.is_opened else Stage.NAME


def opened_for(
    ruleset: Ruleset, profile: Profile
) -> Iterator[tuple[int | None, str, tuple[str, ...]]]:
    """The hosts that are opened to change what is asked there, each time with the line and the entry that ask for it."""
    found: dict[tuple[int | None, str], list[str]] = {}
    for host, engine in ruleset.catalog.safe_search.items():
        if look_of(ruleset, profile, host) > Stage.NAME:
            found.setdefault(_place(ruleset, profile, engine), []).append(host)
    for (line, entry), hosts in found.items():
        yield line, entry, tuple(hosts)


def with_parameters(target: str, parameters: tuple[tuple[str, str], ...]) -> str:
    """A request's target with these parameters once each, at its end; the others as they were, in their order.

    Without regard to case: engines differ in that.
    """
    if not parameters:
        return target
    path, _, query = target.partition("?")
    forced = {name.casefold() for name, _ in parameters}
    kept = [piece for piece in query.split("&") if not _names(piece, forced)] if query else []
    return f"{path}?{'&'.join((*kept, *map('='.join, parameters)))}"


def _way_at(ruleset: Ruleset, profile: Profile, host: str) -> tuple[SafeEngine, SafeWay] | None:
    engine = ruleset.catalog.safe_search.get(host)
    way = None if engine is None else engine.ways.get(_mode(profile.search, engine))
    return None if engine is None or way is None else (engine, way)


def _mode(wanted: SafeSearch, engine: SafeEngine) -> str:
    if engine.is_youtube:
        return wanted.youtube.value
    return STRICT if wanted.is_safe else OFF


def _place(ruleset: Ruleset, profile: Profile, engine: SafeEngine) -> tuple[int | None, str]:
    """Where the file asks for it, and in which words: at the key, or at the preset that gives it."""
    where = f"profiles.{profile.key}"
    key = YOUTUBE if engine.is_youtube else SAFE
    lines = ruleset.policy.lines
    line = lines.get(f"{where}.search.{key}")
    if line is None and profile.preset is not None:
        return lines.get(f"{where}.preset"), preset_entry(profile.preset)
    return line, f"{key}: {_mode(profile.search, engine)}"


def _is_at(path: str, engine: SafeEngine) -> bool:
    path = path.casefold()
    return any(
        path == place[1:]
        if place.startswith("=")
        else path == place or path.startswith(f"{place}/")
        for place in engine.paths
    )


def _names(piece: str, forced: set[str]) -> bool:
    """Whether a piece of a query is one of these parameters, however it is spelled."""
    return any(name.strip().casefold() in forced for name, _ in parameters_of(piece))
