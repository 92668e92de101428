"""Devices that sign in with a password that nobody has set: they are right, and cannot come in."""

from collections.abc import Container, Iterator

from rules.policy import Policy
from rules.problems import Problem, Sentence, warning


def check_logins(policy: Policy, known: Container[str]) -> Iterator[Problem]:
    """A warning for each device whose login is not among the known ones."""
    for name, device in policy.devices.items():
        if device.login is not None and device.login not in known:
            path = f"devices.{name}.login"
            message = Sentence(
                "{device} cannot sign in: {login} has no password yet",
                device=name,
                login=device.login,
            )
            hint = Sentence("set it with {command}", command=f"porchlight login {device.login}")
            line = policy.lines.get(path, device.line)
            yield warning(policy.file, line, path, message, hint)
