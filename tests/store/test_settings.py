"""Settings: which source wins, what is refused in which words, what is made on disk."""

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from rules.policy import Language
from store.lists import starter_text
from store.settings import STARTER_SETTINGS, Settings, SettingsError, load, prepare

PREPARE_AS_NOBODY = """
import os, sys
from pathlib import Path
from store.settings import Settings, SettingsError, prepare

os.setuid(65534)
try:
    prepare(Settings(home=Path(sys.argv[1])))
except SettingsError as error:
    print(error)
"""


def loaded(
    home: Path, toml: str = "", overrides: dict[str, object] | None = None, **environ: str
) -> Settings:
    (home / "porchlight.toml").write_text(toml, encoding="utf-8")
    return load({"PORCHLIGHT_HOME": str(home), **environ}, overrides)


def complaint(
    home: Path, toml: str = "", overrides: dict[str, object] | None = None, **environ: str
) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(home, toml, overrides, **environ)
    return str(caught.value)


def test_an_empty_home_gives_the_defaults_and_makes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"

    settings = load({"PORCHLIGHT_HOME": str(home)})

    assert settings == Settings(home=home)
    assert not home.exists()


def test_flags_win_over_variables_over_the_file_over_defaults(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        "proxy_port = 1\nadmin_port = 1\nworkers = 2\n",
        {"proxy_port": 3, "admin_port": None},
        PORCHLIGHT_PROXY_PORT="2",
        PORCHLIGHT_ADMIN_PORT="2",
    )

    assert (settings.proxy_port, settings.admin_port, settings.workers) == (3, 2, 2)
    assert settings.retention_days == 30
    assert settings.list_updates


def test_every_setting_can_be_said_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "our-ca.pem").touch()

    settings = loaded(
        tmp_path,
        """
        proxy_port = 0
        admin_port = 65535
        bind = "::"
        database = "postgresql://user:word@db.example/porchlight"
        workers = 4
        reach = ["192.168.1.5:8096", "[FD00::0001]:80"]
        upstream_ca = "our-ca.pem"
        admin_hosts = ["Porchlight.Example."]
        retention_days = 7
        list_updates = false
        family_port = 8001
        address = "192.168.1.5"
        transparent_port = 8082
        wireguard_port = 51821
        dns_port = 53
        dns_upstream = "192.168.1.1"
        [names]
        "NAS.example" = "10.0.0.5"
        """,
    )

    assert settings == Settings(
        home=tmp_path,
        proxy_port=0,
        admin_port=65535,
        bind="::",
        database="postgresql://user:word@db.example/porchlight",
        workers=4,
        reach=("192.168.1.5:8096", "[fd00::1]:80"),
        upstream_ca=tmp_path / "our-ca.pem",
        admin_hosts=("porchlight.example",),
        retention_days=7,
        list_updates=False,
        family_port=8001,
        address="192.168.1.5",
        transparent_port=8082,
        wireguard_port=51821,
        dns_port=53,
        dns_upstream="192.168.1.1:53",
        names={"nas.example": "10.0.0.5"},
    )


def test_a_child_process_reads_the_same_settings_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "our-ca.pem").touch()
    settings = loaded(
        tmp_path,
        'reach = ["10.0.0.1:1"]\nworkers = 3\nupstream_ca = "our-ca.pem"\n',
        {"reach": (), "names": {"a.example": "1.2.3.4", "b.example": "::1"}, "proxy_port": 1},
        PORCHLIGHT_ADMIN_HOSTS="a.example, b.example",
        PORCHLIGHT_LIST_UPDATES="False",
    )

    assert settings.reach == ()
    assert load(settings.to_environ()) == settings


def test_variables_hold_lists_with_commas(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        PORCHLIGHT_REACH="10.0.0.1:80, [::1]:81",
        PORCHLIGHT_NAMES="A.example=1.2.3.4, b.example=5.6.7.8",
    )

    assert settings.reach == ("10.0.0.1:80", "[::1]:81")
    assert settings.names == {"a.example": "1.2.3.4", "b.example": "5.6.7.8"}


def test_an_unknown_key_is_named_with_its_file_and_the_nearest_right_one(tmp_path: Path) -> None:
    said = complaint(tmp_path, "proxy_prot = 1\n")

    assert said == f"{tmp_path}/porchlight.toml: proxy_prot is no setting; did you mean proxy_port?"


def test_an_unknown_flag_is_refused(tmp_path: Path) -> None:
    assert "did you mean workers?" in complaint(tmp_path, overrides={"worker": 2})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('proxy_port = "8080"', "proxy_port must be a whole number from 0 to 65535, not '8080'"),
        ("proxy_port = 65536", "not 65536"),
        ("workers = true", "workers must be a whole number from 1 to 64, not True"),
        ("workers = 0", "from 1 to 64"),
        ('address = "a b"', "address must name hosts such as"),
        ("address = 1", "address must be an IP address or a name, not 1"),
        ("wireguard_port = 0", "wireguard_port must be a whole number from 1 to 65535"),
        ('dns_upstream = "dns.example"', "dns_upstream must be a name server's address"),
        ('dns_upstream = "1.1.1.1:0"', "dns_upstream must be a name server's address"),
        ("list_updates = 1", "list_updates must be true or false, not 1"),
        ('list_updates = "true"', "list_updates must be true or false"),
        ("retention_days = 0", "retention_days must be"),
        ('bind = "localhost"', "bind must be an IP address"),
        ("bind = 1", "bind must be an IP address"),
        ('reach = "10.0.0.1:80"', "reach must be a list of texts"),
        ('reach = ["10.0.0.1"]', "reach must list addresses with their port"),
        ('reach = ["10.0.0.1:0"]', "not '10.0.0.1:0'"),
        ('reach = ["10.0.0.1:65536"]', "not '10.0.0.1:65536'"),
        ('reach = ["nas.example:80"]', "not 'nas.example:80'"),
        ("reach = [80]", "reach must be a list of texts"),
        ("upstream_ca = 1", "upstream_ca must be the path of a file"),
        ('upstream_ca = "none.pem"', "upstream_ca: there is no file at "),
        ('admin_hosts = ["a b"]', "admin_hosts must name hosts"),
        ('names = ["a"]', "names must be a table"),
        ('names = {"a.example" = "b.example"}', "names must be an IP address"),
        ('names = {"a/b" = "1.2.3.4"}', "names must name hosts"),
        ('database = "mysql://host/name"', "database must look like"),
        ('database = "sqlite://"', "database must look like"),
        ('database = "sqlite:///beside.db"', "database must look like"),
        ('database = "nonsense"', "database must look like"),
        ("database = 1", "database must look like"),
        ("proxy_port = ", "is not valid TOML: "),
    ],
)
def test_a_wrong_value_is_refused_in_words(tmp_path: Path, line: str, words: str) -> None:
    said = complaint(tmp_path, line)

    assert words in said
    assert "porchlight.toml" in said or "none.pem" in said


def test_a_wrong_variable_or_flag_is_named_as_it_was_given(tmp_path: Path) -> None:
    assert complaint(tmp_path, PORCHLIGHT_ADMIN_PORT="x").startswith("PORCHLIGHT_ADMIN_PORT must")
    assert complaint(tmp_path, PORCHLIGHT_NAMES="a").startswith("PORCHLIGHT_NAMES must")
    assert complaint(tmp_path, overrides={"admin_port": -1}).startswith("--admin-port must")


def test_a_password_in_a_wrong_database_url_is_not_shown(tmp_path: Path) -> None:
    assert "secret" not in complaint(tmp_path, 'database = "mysql://me:secret@host/name"')


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "porchlight.toml").write_bytes(b"bind = '\xff'")

    with pytest.raises(SettingsError, match=r"porchlight\.toml is not valid TOML"):
        load({"PORCHLIGHT_HOME": str(tmp_path)})


def test_the_database_is_a_file_in_the_home_unless_named() -> None:
    assert Settings(home=Path("/h")).database_url == "sqlite:////h/porchlight.db"
    assert Settings(home=Path("/h"), database="postgresql://x/y").database_url == "postgresql://x/y"


def test_places_are_inside_the_home() -> None:
    settings = Settings(home=Path("/h"))

    assert settings.rules_path == Path("/h/family.yaml")
    assert settings.settings_path == Path("/h/porchlight.toml")
    assert settings.ca_certificate == Path("/h/ca/porchlight-ca-cert.pem")
    assert settings.lists_dir == Path("/h/lists")


def test_the_starter_file_shows_every_default(tmp_path: Path) -> None:
    lines = STARTER_SETTINGS.read_text(encoding="utf-8").splitlines()
    shown = "\n".join(line[2:] for line in lines if " = " in line and '"nas.example"' not in line)

    home = tmp_path
    assert tomllib.loads(shown).keys() | {"names", "home"} == set(Settings.__slots__)
    assert loaded(home, shown) == Settings(home=home)


def test_prepare_makes_a_closed_home_with_commented_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    settings = Settings(home=tmp_path / "a" / "home")

    prepare(settings)

    for folder in (settings.home, settings.ca_dir, settings.lists_dir):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert settings.rules_path.read_text(encoding="utf-8") == starter_text(
        "Asia/Ho_Chi_Minh", Language.VIETNAMESE, "VN"
    )
    assert load({"PORCHLIGHT_HOME": str(settings.home)}) == settings


def test_prepare_leaves_what_is_there(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "family.yaml").write_text("porchlight: 1\n", encoding="utf-8")
    (home / "porchlight.toml").write_text("workers = 2\n", encoding="utf-8")

    prepare(Settings(home=home))
    prepare(Settings(home=home))

    assert (home / "family.yaml").read_text(encoding="utf-8") == "porchlight: 1\n"
    assert (home / "porchlight.toml").read_text(encoding="utf-8") == "workers = 2\n"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_rule_file_that_vanished_is_not_replaced_by_the_starter(tmp_path: Path) -> None:
    """Its last good text is in the history and stays in force."""
    settings = Settings(home=tmp_path / "home")
    prepare(settings)
    settings.rules_path.unlink()

    prepare(settings)

    assert not settings.rules_path.exists()


def test_a_first_time_that_was_cut_short_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path / "home")
    with monkeypatch.context() as patch:
        patch.setattr("store.settings.starter_text", lambda *_: "\ud800")
        with pytest.raises(UnicodeEncodeError):
            prepare(settings)

    prepare(settings)

    assert settings.rules_path.read_text(encoding="utf-8").startswith("#")


def test_prepare_does_not_close_a_shared_folder(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "other.txt").touch()

    with pytest.raises(SettingsError, match="name a folder for Porchlight alone"):
        prepare(Settings(home=shared))

    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777


def test_prepare_says_what_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match=r"file.* cannot be used: "):
        prepare(Settings(home=tmp_path / "file" / "home"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_prepare_refuses_a_folder_it_cannot_write(tmp_path: Path) -> None:
    home = tmp_path / "home"
    prepare(Settings(home=home))
    run = subprocess.run(
        [sys.executable, "-c", PREPARE_AS_NOBODY, str(home)], capture_output=True, check=True
    )

    assert b"cannot be used: Permission denied" in run.stdout
