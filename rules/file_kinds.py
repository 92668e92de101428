"""Which kind of file a request asks for: by the name in its address, and by what the answer says of itself.

Law: a name ends for us as it ends for the device that keeps the file. What an answer says is believed.
"""

import re

from rules.address import AddressError, percent_decoded
from rules.hosts import Url
from rules.policy import FileType, Mime
from rules.problems import Sentence, closest, meant
from rules.request import Reply

LONGEST_ENDING = 20
"""Characters."""
TOP_TYPES = (
    *("application", "audio", "font", "haptics", "image"),
    *("message", "model", "multipart", "text", "video"),
)
"""Source: the IANA registry of media types."""

_ENDING = re.compile(r"\w[\w~+-]*(\.\w[\w~+-]*)*")
_RESTRICTED_NAME = r"[a-z0-9][a-z0-9!#$&^_.+-]*"
"""RFC 6838 section 4.2."""
_TYPE = re.compile(rf"({_RESTRICTED_NAME})/({_RESTRICTED_NAME}|\*)")
_BETWEEN_COMMAS = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*+"?)++')
_ESSENCE = re.compile(r"(?!\*/\*)[^\s/\"]+/[^\s/\"]+")
_STRIPPED_AT_END = ". \t"
"""What Windows takes off the end of a name: `setup.exe.` is kept as `setup.exe`."""


def is_asked_for(
    target: FileType | Mime, url: Url, reply: Reply | None, *, is_sure: bool = False
) -> bool:
    """Whether this kind of file is asked for, as far as it can be seen; None where no answer is there yet.

    Where the address and the answer give several names one is enough; if it has to be sure, the
    answer's count, and all of them.
    """
    if isinstance(target, Mime):
        return reply is not None and _is_type(target.type, reply.mime)
    given = () if reply is None else reply.filenames
    given += tuple(map(percent_decoded, given))
    ends = (_ends(one, target.endings) for one in (given or _names_in(url)))
    if is_sure:
        return all(ends)
    return any(ends) or any(_ends(one, target.endings) for one in _names_in(url))


def parse_ending(text: str) -> str:
    """The end of a file's name that an entry means, in small letters.

    Raises:
        AddressError: no file's name ends so.
    """
    ending = text.casefold()
    bare = ending.removeprefix("*").removeprefix(".")
    if not _ENDING.fullmatch(ending) or len(ending) > LONGEST_ENDING:
        is_near = _ENDING.fullmatch(bare) and len(bare) <= LONGEST_ENDING
        raise AddressError(
            Sentence("{written} is no ending of a file's name", written=text or "“”"),
            Sentence("write {example}", example=bare if is_near else "exe"),
        )
    return ending


def parse_mime(text: str) -> Mime:
    """The type of answers that an entry means.

    Raises:
        AddressError: no answer is of that type.
    """
    found = _TYPE.fullmatch(text.casefold())
    if found is None or found[1] not in TOP_TYPES:
        message = Sentence("{written} is no type of answer", written=text or "“”")
        raise AddressError(message, _type_meant(text.casefold()))
    return Mime(type=found[0])


def _type_meant(text: str) -> Sentence:
    if _ENDING.fullmatch(text) and text not in TOP_TYPES:
        return Sentence(
            "for files whose names end in .{ending} write {example}",
            ending=text,
            example=f"file: [{text}]",
        )
    top, _, rest = text.partition(";")[0].strip().partition("/")
    close = closest(top, list(TOP_TYPES))
    likely = f"{close}/{rest or '*'}"
    if close is None or not _TYPE.fullmatch(likely):
        return Sentence("write {example}", example="mime: application/zip")
    return meant(likely)


def _names_in(url: Url) -> tuple[str, ...]:
    """The file's name at the end of a path, also without what follows a semicolon there."""
    last = url.path.rstrip("/").rpartition("/")[2]
    return percent_decoded(last), percent_decoded(last.partition(";")[0])


def _ends(name: str, endings: tuple[str, ...]) -> bool:
    shown = name.casefold().rstrip(_STRIPPED_AT_END)
    return any(shown.endswith(f".{ending}") for ending in endings)


def _is_type(wanted: str, sent: str | None) -> bool:
    # Where several stand in one line browsers take the last that is one (Fetch, "extract a MIME type").
    parts = (
        one.partition(";")[0].strip().casefold() for one in _BETWEEN_COMMAS.findall(sent or "")
    )
    said = next((one for one in reversed([*parts]) if _ESSENCE.fullmatch(one)), "")
    if wanted.endswith("/*"):
        return said.startswith(wanted[:-1])
    return said == wanted
