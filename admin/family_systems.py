"""Which system a device runs, by what its browser says of itself, so that it is shown its own steps."""

from enum import Enum


class System(Enum):
    """A system with steps of its own. The value stands in addresses."""

    IPHONE = "iphone"
    ANDROID = "android"
    WINDOWS = "windows"
    MAC = "mac"
    LINUX = "linux"

    @property
    def title(self) -> str:
        """Its makers' name for it, the same in every language."""
        return _TITLES[self]

    @staticmethod
    def named(value: str) -> "System | None":
        """The system of that value; None if there is none."""
        return next((one for one in System if one.value == value), None)


_TITLES = {
    System.IPHONE: "iPhone, iPad",
    System.ANDROID: "Android",
    System.WINDOWS: "Windows",
    System.MAC: "Mac",
    System.LINUX: "Linux",
}
_MARKS = (
    # in this order: an Android says Linux too, and an iPhone "like Mac OS X"
    ("iPhone", System.IPHONE),
    ("iPad", System.IPHONE),
    ("iPod", System.IPHONE),
    ("Android", System.ANDROID),
    ("Windows", System.WINDOWS),
    ("Macintosh", System.MAC),
    ("CrOS", None),
    ("Linux", System.LINUX),
)


def detect(user_agent: str) -> System | None:
    """The system that a browser says it runs on; None if it has no steps here.

    An iPad says that it is a Mac since iPadOS 13, unless it is told otherwise: the page lets its reader choose.
    """
    return next((system for mark, system in _MARKS if mark in user_agent), None)
