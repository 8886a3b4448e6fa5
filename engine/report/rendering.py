"""Reports in words: the built-in templates, and a team's own, which may say what it likes and do nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from ..errors import UsageError
from ..levels import LEVEL_SIGNS
from ..output import visible
from ..summary import PHASES, sign_of, span, took
from .colours import spans
from .facts import Report
from .picture import picture
from .plain import to_context, to_json
from .player import Recorded

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

Format = Literal["md", "html", "json"]
FORMATS: tuple[Format, ...] = ("md", "html", "json")
TEMPLATES = Path(__file__).parent / "templates"
MARKUP = frozenset({".html", ".htm", ".xhtml", ".svg", ".xml"})
"""Endings of templates, a `.j2` or `.jinja` behind them left out, in which values are escaped."""
LONGEST = 256 * 1024 * 1024
"""Characters of a report; a template that writes more is wrong."""
MOST_TEXT = 1_000_000
"""Characters that `*` may make of a text."""
MISTAKES = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What an expression of a template raises beside the errors of templates."""
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&#$])")
_LINE_START = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+=]))")
_FENCES = re.compile(r"`{3,}")


def render(report: Report, format_: Format, recording: Iterable[bytes] | None = None) -> str:
    """`recording` are the lines of the run's asciicast, for those forms that can play it."""
    if format_ == "json":
        return json.dumps(to_json(report), ensure_ascii=False, indent=2) + "\n"
    name = f"report.{format_}"
    return _written(report, built_in(format_), name, recording, is_markup=format_ == "html")


def render_with(report: Report, path: Path, recording: Iterable[bytes] | None = None) -> str:
    """By a team's template. `UsageError` with its file and line for whatever is wrong in it."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path}: the template cannot be read: {reason}") from error
    return _written(report, source, str(path), recording, is_markup=_is_markup(path))


def built_in(format_: str) -> str:
    """The text of a built-in template, to begin one's own from."""
    return (TEMPLATES / f"report.{format_}").read_text(encoding="utf-8")


def _is_markup(path: Path) -> bool:
    name = path.with_suffix("") if path.suffix in (".j2", ".jinja", ".jinja2") else path
    return name.suffix.lower() in MARKUP


def _written(report: Report, source: str, name: str, recording: Iterable[bytes] | None, *, is_markup: bool) -> str:
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        environment = _environment(is_markup=is_markup)
        code = environment.compile(source, name=name, filename=name)
        template = environment.template_class.from_code(environment, code, environment.make_globals({}))
        names = {**to_context(report), "picture": _picture(report), **_player(report, recording)}
        return "".join(_bounded(template.generate(names), name))
    except TemplateSyntaxError as error:
        place = error.filename or error.name or name
        raise UsageError(f"{place}:{error.lineno}: {error.message}") from error
    except (TemplateError, *MISTAKES) as error:
        line = _line_in(name, error.__traceback__)
        raise UsageError(f"{name}{f':{line}' if line else ''}: {_sentence(error)}") from error


def _bounded(parts: Iterator[str], name: str) -> Iterator[str]:
    left = LONGEST
    for part in parts:
        left -= len(part)
        if left < 0:
            raise UsageError(f"{name}: the template writes more than {span(LONGEST)}")
        yield part


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _line_in(name: str, trace: TracebackType | None) -> int:
    """Of the template, where it failed; 0 when it was not the template."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _picture(report: Report) -> Any:
    from markupsafe import Markup

    return lambda: Markup(picture(report))  # noqa: S704 - every text in it is escaped where it is put in


def _player(report: Report, recording: Iterable[bytes] | None) -> dict[str, Any]:
    """The recording is read when the template first asks for it."""
    from markupsafe import Markup

    recorded = cache(lambda: Recorded(report.run.id, recording))
    return {
        "player": lambda: Markup(recorded().player()),  # noqa: S704 - every text in it is escaped where it is put in
        "player_source": lambda: Markup(recorded().player_source()),  # noqa: S704 - ours
    }


def _environment(*, is_markup: bool) -> SandboxedEnvironment:
    """No files but the built-in templates, no attributes of Python's own, every name known."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup

    class Environment(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"*", "**"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            sizes = [len(one) for one in (left, right) if isinstance(one, str | list | tuple | bytes)]
            factors = [one for one in (left, right) if isinstance(one, int)]
            if operator == "**" or (sizes and factors and sizes[0] * max(factors) > MOST_TEXT):
                raise SecurityError(f"{operator} would make too much of it")
            return super().call_binop(context, operator, left, right)

        def getattr(self, obj: Any, attribute: str) -> Any:
            """A field before a method: `report.values` would otherwise depend on what Python calls its own."""
            if isinstance(obj, dict) and attribute in obj:
                return obj[attribute]
            return super().getattr(obj, attribute)

    environment = Environment(
        autoescape=is_markup,
        undefined=StrictUndefined,
        loader=FileSystemLoader(TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "md": markdown,
        "fenced": fenced,
        "clock": lambda at: _time(at, "%H:%M:%S"),
        "day": lambda at: _time(at, "%Y-%m-%d"),
        "took": lambda ms: "" if ms is None else took(int(ms * 1e6)),
        "size": span,
        "sign": lambda word: LEVEL_SIGNS.get(word) or sign_of(word),
        "phase": lambda phase: PHASES.get(phase, phase),
        "words": lambda word: str(word).replace("_", " "),
        "coloured": lambda ansi: Markup(spans(str(ansi))),  # noqa: S704 - escaped there
    }
    return environment


def _time(at: datetime | None, form: str) -> str:
    return "" if at is None else f"{at:{form}}"


def markdown(text: object) -> str:
    """One line of Markdown that shows exactly this text: no link, no markup, no HTML, no cell of its own."""
    line = " ".join(str(text).split())
    return _LINE_START.sub(r"\1\\", _MARKDOWN.sub(r"\\\1", visible(line)))


def fenced(text: object, language: str = "") -> str:
    """A code block that nothing in the text can end."""
    body = str(text)
    fence = max(("`" * (len(run) + 1) for run in _FENCES.findall(body)), key=len, default="```")
    return f"{fence}{language}\n{body}\n{fence}"
