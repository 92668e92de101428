"""A device in the rule file's text: named, changed, given to a profile, taken out. The rest byte for byte as it was.

Law: what comes back says the old rules and that change, or nothing comes back (ADR 0003).
"""

from collections.abc import Iterator
from collections.abc import Mapping as Values
from unicodedata import combining, normalize

from rules.policy import UNKNOWN
from rules.policy_put import checked, put, with_name, without
from rules.text_splice import find, without_lines, without_part
from rules.yaml_text import Mapping, Scalar, Sequence, compose, plain


def typed_key(text: str) -> str:
    """A device's key as somebody types it: `Máy của Na` becomes `May-cua-Na`, since keys are names of files too."""
    # đ is a letter of its own, which no decomposition takes apart.
    apart = normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return "-".join("".join(one for one in apart if not combining(one)).split())


def put_device(
    text: str, name: str, keys: Values[str, str | int | None], profile: str | None = None
) -> str:
    """The rule file's text with a device under that name; one that is there is changed.

    Args:
        text: The rule file.
        name: The device's key.
        keys: What to write behind it: `{"mac": "a4:83:e7:12:9f:01"}`. None takes a key out. Keys that
            are not named stay as they are.
        profile: Whose rules it has from now on; no other profile has it then. `unknown`: no profile's
            own. None: it stays where it is.

    Raises:
        ValueError: there is no such profile, or the text is laid out in a way that cannot be edited safely.
    """
    path = ("devices", name)
    if isinstance(find(compose(text), path), Mapping):
        for key, value in keys.items():
            text = text if value is None else put(text, (*path, key), value)
        for key, value in keys.items():  # a device is never left without a key
            text = without(text, (*path, key)) if value is None else text
    else:
        text = put(text, path, {key: one for key, one in keys.items() if one is not None})
    return text if profile is None else _give(text, name, profile)


def remove_device(text: str, name: str) -> str:
    """The rule file's text without a device, in its profile's list too; the same text if it is not there.

    Raises:
        ValueError: the text is laid out in a way that cannot be edited safely.
    """
    return without(_give(text, name, UNKNOWN), ("devices", name))


def _give(text: str, name: str, profile: str) -> str:
    """The text with the device in this profile's list alone."""
    path = ("profiles", profile)
    if profile != UNKNOWN and find(compose(text), path) is None:
        raise ValueError(f"there is no profile {profile}")
    for owner in list(_owners(text, name)):
        if owner != profile:
            text = _without_name(text, ("profiles", owner, "devices"), name)
    if profile == UNKNOWN or profile in _owners(text, name):
        return text
    listed = find(compose(text), (*path, "devices"))
    if isinstance(listed, Sequence):
        return with_name(text, (*path, "devices"), name)
    return put(text, (*path, "devices"), [name])


def _owners(text: str, name: str) -> Iterator[str]:
    """The profiles in whose lists the device stands."""
    profiles = find(compose(text), ("profiles",))
    for key, pair in profiles.pairs.items() if isinstance(profiles, Mapping) else ():
        listed = find(pair.value, ("devices",))
        if isinstance(listed, Sequence) and name in plain(listed):
            yield key


def _without_name(text: str, path: tuple[str, ...], name: str) -> str:
    """The text without a name in a list, whose key stays."""
    root = compose(text)
    listed = find(root, path)
    if not isinstance(listed, Sequence):
        return text
    position = next(n for n, one in enumerate(listed.items) if _says(one, name))
    wanted = plain(root)
    owner = wanted
    for step in path[:-1]:
        owner = owner[step]
    del owner[path[-1]][position]
    span = listed.items[position].span
    if not listed.is_flow:
        owner[path[-1]] = owner[path[-1]] or None
        return checked(without_lines(text, span.start, span.end, "-"), wanted)
    before = listed.items[position - 1].span.end if position else None
    return checked(without_part(text, span.start, span.end, before), wanted)


def _says(node: object, name: str) -> bool:
    return isinstance(node, Scalar) and node.value == name
