"""Every word on the pages: in whose language it is said, and how a day or an hour reads there."""

from datetime import datetime, timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Blueprint, Flask, g, redirect, request
from werkzeug.wrappers import Response

from admin.house import house
from admin.paths import own_path
from rules.decision import Decision
from rules.policy import Language
from rules.problems import Sentence
from rules.wording import moment_words, reason_line, topic_title

COOKIE = "porchlight_language"

_CATALOGS = Path(__file__).parent / "locale"
_LOCALES = {Language.ENGLISH: "en_GB", Language.VIETNAMESE: "vi"}
"""British English, because a family's hours are written 17:00 there as in the rule file."""
_COOKIE_SECONDS = 365 * 24 * 60 * 60

pages = Blueprint("texts", __name__)


def speak(app: Flask) -> None:
    """Give the templates their words, and readers the choice of a language."""
    give_words(app)
    app.register_blueprint(pages)


def give_words(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: translations(language()).gettext(text),
        lambda one, many, n: translations(language()).ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.filters["said"] = said
    for language_ in Language:
        translations(language_)  # a broken catalog stops the start, not a page


@pages.post("/language")
def choose() -> Response:
    """Remember the language that somebody asked for."""
    answer = redirect(own_path(request.form.get("back")))
    wanted = request.form.get("language", "")
    if wanted in {one.value for one in Language}:
        remember(answer, Language(wanted))
    return answer


def remember(answer: Response, wanted: Language) -> None:
    """Give the answer the cookie that says which language this browser reads."""
    answer.set_cookie(
        COOKIE,
        wanted.value,
        max_age=_COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def language() -> Language:
    """Who reads this page reads this language: their choice, else their browser's, else the family's."""
    if "language" not in g:
        g.language = _chosen()
    found: Language = g.language
    return found


def _chosen() -> Language:
    known = [one.value for one in Language]
    wanted = request.cookies.get(COOKIE, "")
    if wanted not in known:
        wanted = request.accept_languages.best_match(known) or ""
    return Language(wanted) if wanted else house().standing().policy.language


@cache
def translations(wanted: Language) -> NullTranslations:
    """The words of a language; English is what stands in the sources."""
    if wanted is Language.ENGLISH:
        return NullTranslations()
    with (_CATALOGS / f"{wanted.value}.po").open("rb") as file:
        catalog = read_po(file, locale=wanted.value)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def gettext(message: str, /, **values: object) -> str:
    """A sentence in the reader's language. `%(name)s` in it takes the value of that name."""
    return translations(language()).gettext(message) % values


def said(sentence: Sentence) -> str:
    """What is wrong with the rule file, in the reader's language."""
    return sentence.said_in(language())


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """A sentence with a number in it, `%(num)s`."""
    return translations(language()).ngettext(one, many, n) % {"num": n, **values}


def day_words(moment: datetime, now: datetime) -> str:
    """The day of a moment as a heading: "Today", "Monday, 23 November 2026"."""
    zone = house().zone()
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    if day == today:
        return gettext("Today")
    if day == today - timedelta(days=1):
        return gettext("Yesterday")
    return format_date(day, "full", locale=_LOCALES[language()])


def hour_words(moment: datetime) -> str:
    """The hour of a moment in the family's time zone, "17:04"."""
    return format_time(moment, "HH:mm", tzinfo=house().zone(), locale=_LOCALES[language()])


def exact_words(moment: datetime) -> str:
    """A moment to the second in the family's time zone, "24 Nov 2026, 12:15:07"."""
    return format_datetime(moment, "medium", tzinfo=house().zone(), locale=_LOCALES[language()])


def why(decision: Decision) -> str:
    """One plain line on what decided."""
    return reason_line(decision, language=language(), catalog=house().catalog)


def near_words(moment: datetime) -> str:
    """A moment near now, "today at 17:00", as everywhere else in Porchlight."""
    here = house()
    return moment_words(
        moment, language=language(), policy=here.standing().policy, now=here.clock()
    )


def span_words(span: timedelta) -> str:
    """A stretch of time, "14 minutes", never less than a minute."""
    longest = max(span, timedelta(minutes=1))
    return format_timedelta(longest, locale=_LOCALES[language()], threshold=1.5)


def number_words(number: float) -> str:
    """A number as the reader writes it, "93,600" or "3.1"."""
    return format_decimal(number, locale=_LOCALES[language()])


def country_words(code: str) -> str:
    """A country's name by its ISO 3166 code; the code itself if it is none."""
    return Locale.parse(_LOCALES[language()]).territories.get(code) or code


def topic_words(key: str | None) -> str:
    """A category's, service's or list's name for people; the key itself if it is the family's own."""
    return topic_title(key, language=language(), catalog=house().catalog)
