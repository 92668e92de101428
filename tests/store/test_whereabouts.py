"""The first guess of time zone, language and country."""

from pathlib import Path

from rules.policy import Language
from store import whereabouts


def test_the_variable_wins_over_the_files(tmp_path: Path) -> None:
    (tmp_path / "timezone").write_text("Europe/Paris\n", encoding="utf-8")

    assert whereabouts.timezone({"TZ": ":Asia/Tokyo"}, tmp_path) == "Asia/Tokyo"
    assert whereabouts.timezone({}, tmp_path) == "Europe/Paris"


def test_the_link_is_read_where_debians_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "localtime").symlink_to("/usr/share/zoneinfo/America/New_York")

    assert whereabouts.timezone({}, tmp_path) == "America/New_York"


def test_what_is_no_zone_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "timezone").write_bytes(b"\xff")
    (tmp_path / "localtime").symlink_to("../elsewhere")

    for odd in ("UTC+7", "/etc/passwd", "../x", "", "Asia", "Mars/Base"):
        assert whereabouts.timezone({"TZ": odd}, tmp_path) == "UTC"


def test_a_copied_localtime_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "localtime").write_bytes(b"TZif")

    assert whereabouts.timezone({}, tmp_path) == "UTC"


def test_language_is_vietnamese_or_english() -> None:
    assert whereabouts.language({"LANG": "vi_VN.UTF-8"}) is Language.VIETNAMESE
    assert whereabouts.language({"LANG": "de_DE.UTF-8"}) is Language.ENGLISH
    assert whereabouts.language({}) is Language.ENGLISH


def test_a_country_is_assumed_only_where_its_helplines_are_known() -> None:
    assert whereabouts.country("Asia/Ho_Chi_Minh") == "VN"
    assert whereabouts.country("Asia/Saigon") == "VN"
    assert whereabouts.country("Europe/Paris") is None
