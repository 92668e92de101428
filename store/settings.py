"""Where Porchlight lives and listens: flags over PORCHLIGHT_* variables over porchlight.toml over defaults.

Law: what the family decided is in the rule file, never here.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from platformdirs import user_data_dir
from sqlalchemy import URL

from store import setting_values as values
from store import whereabouts
from store.files import locked, replace_text
from store.lists import starter_text
from store.schema_file import keep_schema

SETTINGS_FILE = "porchlight.toml"
RULES_FILE = "family.yaml"
OTHERS = 0o077
"""The permission bits of everybody but the owner."""
STARTER_SETTINGS = Path(__file__).with_name("starter.toml")


class SettingsError(ValueError):
    """A setting, or the folder it names, is not usable; the message is one sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this installation runs."""

    home: Path
    """The folder that holds everything that lasts. Absolute."""
    proxy_port: int = 8080
    """Where the browsers' traffic comes in. 0 takes any free port."""
    admin_port: int = 8000
    """Where the parents' pages are. 0 takes any free port."""
    bind: str = "127.0.0.1"
    """The IP address to listen on; 0.0.0.0 for the whole house."""
    database: str = ""
    """An SQLAlchemy URL of SQLite or PostgreSQL. Empty: porchlight.db in the home folder."""
    workers: int = 1
    """Processes that carry traffic; one for each core at most is useful."""
    reach: tuple[str, ...] = ()
    """Machines inside the house that devices may open through the proxy, as `192.168.1.5:8096`."""
    upstream_ca: Path | None = None
    """A PEM file of certificate authorities to trust beside the well-known ones. Absolute."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Hosts with an IP address of your own, instead of asking DNS."""
    admin_hosts: tuple[str, ...] = ()
    """Host names under which the parents' pages answer, beside their IP address and localhost."""
    retention_days: int = 30
    """How long the log is kept."""
    family_port: int = 8001
    """Where the pages are that children and their devices may see. 0 takes any free port."""
    address: str = ""
    """The IP address or name under which devices reach this machine. Empty: as the network says."""
    transparent_port: int = 0
    """Where a router sends traffic whose devices know of no proxy. 0: nowhere."""
    wireguard_port: int = 51820
    """The first UDP port for devices that come through WireGuard; each takes one of its own."""
    dns_port: int = 0
    """Where names are asked for, over UDP and TCP. 0: nowhere."""
    dns_upstream: str = ""
    """The name server that is asked in turn, as `192.168.1.1` or `192.168.1.1:53`. Empty: this machine's own."""
    list_updates: bool = True
    """Whether lists that a parent has turned on are fetched by themselves. False: only when a parent says so."""

    @property
    def rules_path(self) -> Path:
        """The rule file."""
        return self.home / RULES_FILE

    @property
    def settings_path(self) -> Path:
        """The file of these settings."""
        return self.home / SETTINGS_FILE

    @property
    def ca_dir(self) -> Path:
        """The folder of the certificate authority and its key."""
        return self.home / "ca"

    @property
    def ca_certificate(self) -> Path:
        """The certificate that the devices must trust."""
        return self.ca_dir / "porchlight-ca-cert.pem"

    @property
    def wireguard_dir(self) -> Path:
        """The folder of the keys of devices that come through WireGuard."""
        return self.home / "wireguard"

    @property
    def lists_dir(self) -> Path:
        """The folder of the lists' copies and their table."""
        return self.home / "lists"

    @property
    def own_lists_dir(self) -> Path:
        """The folder of list files that the family puts there itself."""
        return self.lists_dir / "own"

    @property
    def database_url(self) -> str:
        """The URL to open, with its password if it has one."""
        if self.database:
            return self.database
        path = str(self.home / "porchlight.db")
        return URL.create("sqlite", database=path).render_as_string(hide_password=False)

    def to_environ(self) -> dict[str, str]:
        """The variables under which `load` gives these settings again, for a child process."""
        return {
            values.variable(entry.name): values.as_text(getattr(self, entry.name))
            for entry in fields(self)
        }


def load(environ: Mapping[str, str], overrides: Mapping[str, object] | None = None) -> Settings:
    """The settings in force; nothing is made on disk.

    Args:
        environ: The process's environment.
        overrides: What the command line said, by field name; None there means not given.

    Raises:
        SettingsError: the first thing that is wrong, where, and what would be right.
    """
    flags = {key: value for key, value in (overrides or {}).items() if value is not None}
    home = _home(flags.pop("home", None) or environ.get(values.variable("home")))
    found: dict[str, object] = {}
    for source in (_from_file(home / SETTINGS_FILE), _from_environ(environ), _from_flags(flags)):
        for label, key, value in source:
            try:
                found[key] = values.READERS[key](value)
            except (TypeError, ValueError) as error:
                raise SettingsError(f"{label} {error}") from error
    if isinstance(upstream_ca := found.get("upstream_ca"), Path):
        found["upstream_ca"] = home / upstream_ca
        if not (home / upstream_ca).is_file():
            raise SettingsError(f"upstream_ca: there is no file at {home / upstream_ca}")
    return Settings(home=home, **found)  # type: ignore[arg-type]  # READERS made each of its field's type


def prepare(settings: Settings) -> None:
    """Make the home folder with its settings file and, the first time, a starter rule file.

    Nothing that is there is written to, but for the schema for editors, which is kept up to date; the
    home folder is closed to other users.

    Raises:
        SettingsError: the folder or a file in it cannot be made, read or written, or the folder
            is a shared one with other things in it.
    """
    try:
        is_first_time = not settings.ca_dir.exists()
        _make_home(settings)
        _make_folder(settings.lists_dir)
        _make_folder(settings.own_lists_dir)
        _make_file(settings.settings_path, STARTER_SETTINGS.read_text(encoding="utf-8"))
        if is_first_time:
            _make_file(settings.rules_path, _first_rules())
        # Made last, it says that there was a first time. A rule file that vanishes later is not
        # replaced by the starter: the last good rules, which the history holds, stay in force.
        _make_folder(settings.ca_dir)
        if settings.rules_path.exists():
            settings.rules_path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{error.filename or settings.home} cannot be used: {error.strerror}"
        ) from error
    if not os.access(settings.home, os.W_OK | os.X_OK):
        raise SettingsError(f"{settings.home} cannot be used: it is not writable")
    keep_schema(settings.home)


def _first_rules() -> str:
    timezone = whereabouts.timezone(os.environ, Path("/etc"))
    return starter_text(timezone, whereabouts.language(os.environ), whereabouts.country(timezone))


def _make_home(settings: Settings) -> None:
    home = settings.home
    if home.exists() and home.stat().st_mode & OTHERS:
        ours = settings.settings_path.exists() or settings.rules_path.exists()
        # closing /tmp or / because somebody wrote it as the home would break the machine
        if not ours and any(home.iterdir()):
            raise SettingsError(
                f"{home} is open to other users and holds other things: name a folder for Porchlight alone"
            )
    _make_folder(home)


def _make_folder(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_mode & OTHERS:
        path.chmod(0o700)


def _make_file(path: Path, text: str) -> None:
    if path.exists():
        return
    with locked(path):
        # asked again inside: another process may have made it while we waited
        if not path.exists():
            replace_text(path, text)


def _home(given: object) -> Path:
    if given is not None and not isinstance(given, (str, Path)):
        raise SettingsError(f"home must be a folder, not {given!r}")
    try:
        return Path(given or user_data_dir("porchlight")).expanduser().absolute()
    except RuntimeError as error:
        raise SettingsError(f"home: {error}") from error


type Source = Iterator[tuple[str, str, object]]
"""The name of the place to show to people, the key, the raw value."""


def _from_file(path: Path) -> Source:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    for key, value in document.items():
        _refuse_unknown(key, str(path))
        yield f"{path}: {key}", key, value


def _from_environ(environ: Mapping[str, str]) -> Source:
    for key in values.READERS:
        variable = values.variable(key)
        if variable in environ:
            try:
                value = values.from_text(key, environ[variable])
            except ValueError as error:
                raise SettingsError(f"{variable} {error}") from error
            yield variable, key, value


def _from_flags(flags: Mapping[str, object]) -> Source:
    for key, value in flags.items():
        _refuse_unknown(key, "the command line")
        yield f"--{key.replace('_', '-')}", key, value


def _refuse_unknown(key: str, place: str) -> None:
    if key not in values.READERS:
        nearest = difflib.get_close_matches(key, values.READERS, n=1, cutoff=0.0)[0]
        raise SettingsError(f"{place}: {key} is no setting; did you mean {nearest}?")
