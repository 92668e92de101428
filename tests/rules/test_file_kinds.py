"""Names and types of files. What follows from them is told in tests/cases/what.yaml."""

import pytest

from rules.address import AddressError
from rules.file_kinds import TOP_TYPES, is_asked_for, parse_ending, parse_mime
from rules.hosts import parse_url
from rules.policy import FileType, Mime
from rules.request import Reply

EXE = FileType(endings=("exe", "tar.gz"))
PLAIN = parse_url("https://a.example/get")


@pytest.mark.parametrize(
    ("path", "is_exe"),
    [
        ("setup.exe", True),
        ("a/b/SETUP.Exe?x=1", True),
        ("setup%2eexe", True),
        ("setup.ex%65//", True),
        ("setup.exe;jsessionid=1", True),
        ("setup;x.exe", True),
        ("setup.exe%20.", True),
        ("tr%C3%B2.exe", True),
        (".exe", True),
        ("a.tar.gz", True),
        ("a.gz", False),
        ("a.exe.txt", False),
        ("a.exe/b", False),
        ("aexe", False),
        ("exe", False),
        ("?file=a.exe", False),
        ("", False),
    ],
)
def test_a_name_at_the_end_of_a_path_says_its_kind(path: str, *, is_exe: bool) -> None:
    assert is_asked_for(EXE, parse_url(f"https://a.example/{path}"), None) is is_exe


@pytest.mark.parametrize(
    ("filename", "is_exe"),
    [
        ("setup.exe", True),
        ("setup%2Eexe", True),
        ("..\\x\\SETUP.EXE. ", True),
        ("a.txt", False),
        ("", False),
        (None, False),
    ],
)
def test_a_name_in_the_answer_says_its_kind(filename: str | None, *, is_exe: bool) -> None:
    names = () if filename is None else (filename,)
    assert is_asked_for(EXE, PLAIN, Reply(filenames=names)) is is_exe


@pytest.mark.parametrize(
    ("path", "names", "is_sure"),
    [
        ("a.exe", (), True),
        ("a.exe", ("b.exe",), True),
        ("get", ("b.exe",), True),
        ("a.exe", ("b.txt",), False),
        ("get", ("b.txt", "b.exe"), False),
        ("a.exe;b.txt", (), False),
    ],
)
def test_what_may_be_read_as_another_kind_is_spared_by_no_allow(
    path: str, names: tuple[str, ...], *, is_sure: bool
) -> None:
    url, reply = parse_url(f"https://a.example/{path}"), Reply(filenames=names)
    assert is_asked_for(EXE, url, reply)
    assert is_asked_for(EXE, url, reply, is_sure=True) is is_sure


@pytest.mark.parametrize(
    ("wanted", "sent", "is_it"),
    [
        ("application/zip", "application/zip", True),
        ("application/zip", " Application/ZIP ; a=b", True),
        ("application/zip", "text/html, application/zip", True),
        ("application/zip", 'text/html; a="b, application/zip"', False),
        ("application/zip", "application/zip,", True),
        ("application/zip", "application/zip, x, , */*", True),
        ("application/zip", "text/html; a=b, application/zip; c=d", True),
        ("application/zip", "application/zip, text/html; a=b", False),
        ("application/zip", "application/zipped", False),
        ("video/*", "video/mp4", True),
        ("video/*", "video", False),
        ("video/*", "application/video", False),
        ("video/*", "", False),
        ("video/*", None, False),
    ],
)
def test_an_answer_says_its_type(wanted: str, sent: str | None, *, is_it: bool) -> None:
    target = Mime(type=wanted)
    assert is_asked_for(target, PLAIN, Reply(mime=sent)) is is_it
    assert not is_asked_for(target, PLAIN, None)


def test_an_ending_is_kept_in_small_letters() -> None:
    assert parse_ending("Tar.GZ") == "tar.gz"
    assert parse_mime("Video/*") == Mime(type="video/*")


@pytest.mark.parametrize("top", TOP_TYPES)
def test_every_registered_type_can_be_meant(top: str) -> None:
    assert parse_mime(f"{top}/vnd.x-y+z").type == f"{top}/vnd.x-y+z"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("zip", "for files whose names end in .zip write file: [zip]"),
        ("tar.gz", "for files whose names end in .tar.gz write file: [tar.gz]"),
        ("video", "did you mean video/*?"),
        ("vidoe/mp4", "did you mean video/mp4?"),
        ("text/html; charset=x", "did you mean text/html?"),
        ("*/*", "write mime: application/zip"),
        ("application/ä", "write mime: application/zip"),
        ("", "write mime: application/zip"),
    ],
)
def test_what_is_no_type_is_refused_with_what_was_meant(written: str, hint: str) -> None:
    with pytest.raises(AddressError) as refused:
        parse_mime(written)
    assert refused.value.hint == hint
