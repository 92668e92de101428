"""Why a published list is not taken. The words for people are made where they are shown."""

from enum import Enum


class Fault(Enum):
    """What is wrong with a list, or with the way to it."""

    NOT_HTTPS = "not-https"
    """The address, or one that it leads on to, is no address of HTTPS."""
    UNKNOWN_NAME = "unknown-name"
    """DNS does not know the host. Detail: the host."""
    INSIDE = "inside"
    """The host has an address that is not of the public internet. Detail: host and address."""
    UNREACHABLE = "unreachable"
    """No connection. Detail: the system's words."""
    NOT_SECURE = "not-secure"
    """The certificate is wrong, or what answers speaks no TLS. Detail: OpenSSL's words."""
    SLOW = "slow"
    """Time ran out. Detail: `look-up`, `connect`, `silence` or `whole`."""
    NOT_HTTP = "not-http"
    """The answer breaks the protocol, or its headers are huge. Detail: h11's words."""
    REDIRECTS = "redirects"
    """It leads on and on. Detail: the last address."""
    STATUS = "status"
    """The server answers that it has no list for us. Detail: the status, `404`."""
    CUT = "cut"
    """The answer ends too early, or goes on past the length that it says. Detail: where that was seen."""
    TOO_LARGE = "too-large"
    """More than any list has, packed or unpacked. Detail: the most, in bytes or entries."""
    PACKING = "packing"
    """It is packed in a way that is not read, or the packing is damaged. Detail: which."""
    NOT_TEXT = "not-text"
    """UTF-16, an unknown charset, or no text at all. Detail: what it is."""
    WEB_PAGE = "web-page"
    """A page for people came in the list's place."""
    CANCELLED = "cancelled"
    """Whoever asked for it changed their mind."""
    DISK = "disk"
    """This machine cannot keep it. Detail: the system's words."""
    NO_FILE = "no-file"
    """The family's own file is not there, or is no file that can be read. Detail: the system's words."""
    NO_LIST = "no-list"
    """Most of its lines are of no format of lists."""
    EMPTY = "empty"
    """It names nothing."""
    SHRUNK = "shrunk"
    """Less than half of the last good copy. Detail: both counts, `120 < 5000`."""
    ALARM = "alarm"
    """It names what no list that is looked after names, such as google.com. Detail: the line."""
    FAVOURITES = "favourites"
    """It names the sites that everybody needs, of all kinds. Detail: how many of how many, `142/10000`."""


class ListRefused(Exception):  # noqa: N818 - it is the answer, not a mistake
    """A list is not taken. The last good copy of it stays in force."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        """The detail is a fact that goes with the fault, the same in every language."""
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault = fault
        self.detail = detail
