"""The command `porchlight`: its subcommands stand in commands/; errors that are not ours end here as one sentence."""

from importlib import import_module
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from commands.home import find_language, problem_lines
from rules.problems import PolicyError
from store.settings import SettingsError

VERSION = "0.1.0"
"""As in pyproject.toml."""
COMMANDS = (
    "up",
    "check",
    "say",
    "explain",
    "decide",
    "replay",
    "log",
    "lists",
    "schema",
    "password",
    "login",
    "ca",
    "wireguard",
    "gateway",
)
"""The subcommands of commands/, in the order in which a family meets them."""
MANUAL = """\
\b
Start with:
  porchlight up
  porchlight explain youtube.com --for younger

\b
Everything that lasts is in one folder, PORCHLIGHT_HOME: family.yaml (the rules),
porchlight.toml (settings), porchlight.db (the log and accounts), ca/ and lists/.

\b
Exit status of every command: 0 fine, 1 the answer is no or it could not be done,
2 wrong use, or a setting, the home folder or the database cannot be used.
"""


class Unusable(click.ClickException):
    """A setting, the home folder or the database is in the way."""

    exit_code = 2


class OneSentence(click.Group):
    """A group that imports the subcommand that is asked for, and ends in one sentence where the fault is not the program's."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names of the subcommands."""
        return [*COMMANDS, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand, None if there is no such."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        # each stands on rooms of its own: `decide` on neither migrations nor certificates
        command: click.Command = getattr(import_module(f"commands.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand.

        Raises:
            click.ClickException: a setting, the rule file or the database is not usable.
        """
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise Unusable(_in_one_line(error)) from error
        except PolicyError as error:
            click.echo(problem_lines(error.problems, find_language()), err=True)
            raise click.ClickException("The rule file is not right.") from error
        except DBAPIError as error:
            raise Unusable(f"The database cannot be used: {_in_one_line(error.orig)}") from error


def _in_one_line(error: BaseException | None) -> str:
    text = " ".join(str(error).split())
    return text if text.endswith((".", "?")) else f"{text}."


@click.group(
    cls=OneSentence,
    epilog=MANUAL,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, prog_name="porchlight")
def main() -> None:
    """A family's web filter that the whole family can understand."""


@main.command(
    context_settings={"ignore_unknown_options": True}, short_help="Run Porchlight's own tests."
)
@click.argument("_arguments", nargs=-1, type=click.UNPROCESSED)
def test(_arguments: tuple[str, ...]) -> None:
    """Run Porchlight's own tests: `./porchlight test [PYTEST ARGUMENTS]`.

    The launcher in a checkout installs what the tests need and runs pytest; an
    installed `porchlight` has no tests with it.
    """
    raise click.UsageError("the tests are run by ./porchlight test, in a checkout.")


if __name__ == "__main__":
    main(prog_name="porchlight")
