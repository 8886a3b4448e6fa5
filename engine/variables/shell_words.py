"""Values as words of a shell: for each kind of place the text that stands for exactly the value, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..expressions import expression
from ..syntax.contexts import Context, contexts
from ..syntax.quoting import Place, Places, ShellKind
from . import readers
from .sql_words import check_sql, slot, sql_word
from .values import CannotFill, fits_program, is_identifier, is_integer, is_plain

EDIT = "edit the step"
LOOK_BACK = 400
"""Characters before a value that the checks look at; only what touches it matters to them."""
_CODE = frozenset({"code", "command", "backticks"})
_FRAMES: Mapping[ShellKind, str] = {
    "double": "double",
    "single": "single",
    "ansi-c": "ansi-c",
    "heredoc": "heredoc",
    "heredoc-raw": "heredoc-raw",
}
"""What the scanner calls the kinds in which a value is written differently; every other kind is plain code to it."""
_PLACE_NAMES: Mapping[ShellKind, str] = {
    "double": "inside double quotes",
    "single": "inside single quotes",
    "ansi-c": "inside $'…'",
    "heredoc": "in a here-document",
    "heredoc-raw": "in a here-document",
    "arithmetic": "in arithmetic",
    "command-name": "as the name of a command",
    "name": "as the name of a variable",
    "array": "in an array",
    "redirect": "as the file of a redirection",
    "test": "in a test",
    "pattern": "in a pattern",
    "expansion": "inside ${…}",
}


def bare(value: str) -> str:
    """One word of a shell that is exactly `value`. Always in quotes, unlike `shlex.quote`."""
    return "'" + single(value) + "'"


def single(value: str) -> str:
    return value.replace("'", "'\\''")


def double(value: str) -> str:
    return re.sub(r"[\\\"$`]", r"\\\g<0>", value)


def ansi_c(value: str) -> str:
    return re.sub(r"[\\']", r"\\\g<0>", value)


def heredoc(value: str) -> str:
    return re.sub(r"[\\$`]", r"\\\g<0>", value)


ENCODERS: Mapping[ShellKind, Callable[[str], str]] = {
    "bare": bare,
    "assignment": bare,
    "array": bare,
    "redirect": bare,
    "test": bare,
    "pattern": bare,
    "double": double,
    "single": single,
    "ansi-c": ansi_c,
    "heredoc": heredoc,
    "heredoc-raw": str,
}
"""How any value at all is written in a place; a kind that is not here takes plain words only, if any."""
REFERENCES: Mapping[ShellKind, str] = {
    "bare": '"${%s}"',
    "assignment": '"${%s}"',
    "array": '"${%s}"',
    "redirect": '"${%s}"',
    "double": "${%s}",
    "single": "'\"${%s}\"'",
    "ansi-c": "'\"${%s}\"$'",
    "heredoc": "${%s}",
}
"""How a variable of the shell is named there, so that its value is one whole word."""
_BUILTINS = frozenset({"echo", "printf", "export", "cd", ":", "true", "false", "[", "[[", "test", "declare", "local"})


@dataclass(frozen=True)
class ShellText:
    """One shell text with a plain word in each placeholder's place."""

    text: str
    starts: tuple[int, ...]
    """Where its placeholders begin."""
    reading: readers.Reading = "bash"

    @cached_property
    def places(self) -> Places:
        return Places(self.text)

    def context(self, start: int) -> Context | None:
        """What the second opinion says, unless the grammar itself is at a loss."""
        return self._contexts.get(start)

    @cached_property
    def _contexts(self) -> Mapping[int, Context]:
        return {} if self.places.has_error else contexts(self.text, self.starts)

    def place(self, start: int, end: int) -> Place:
        return self.places.at(start, end)


def shell_word(whole: ShellText, start: int, end: int, value: str) -> str:
    """The text to put between `start` and `end`. Raises `CannotFill` with the end of a sentence about the value."""
    return _Slot(whole, start, end, value).word()


def secret_word(whole: ShellText, start: int, end: int, value: str, name: str) -> tuple[str, str]:
    """A reference to the shell's variable `name`, which holds `value`, and who gets it as an argument, if anybody."""
    slot = _Slot(whole, start, end, value)
    slot.word()  # whatever refuses the value itself refuses it here too
    place, context = slot.place, slot.context
    if place.kind not in REFERENCES or context is None or "backticks" in context.frames:
        raise CannotFill(f"is secret and cannot stand {slot.where} without becoming part of the text: {EDIT}")
    if readers.is_read_again(place, whole.text, start):
        raise CannotFill(f"is secret and could be read as code by the command it is given to: {EDIT}")
    is_argument = place.holder in ("command", "heredoc_redirect") and place.kind != "heredoc"
    reader = place.command if is_argument and place.command not in _BUILTINS else ""
    return REFERENCES[place.kind] % name, reader


class _Slot:
    """One value on its way into one place."""

    def __init__(self, whole: ShellText, start: int, end: int, value: str) -> None:
        self.whole, self.start, self.end, self.value = whole, start, end, value
        self.place = whole.place(start, end)
        self.before = whole.text[max(0, start - LOOK_BACK) : start]
        self.where = _PLACE_NAMES.get(self.place.kind, "here")

    @cached_property
    def context(self) -> Context | None:
        return self.whole.context(self.start)

    def word(self) -> str:
        for check in CHECKS:
            check(self)
        if self.place.kind == "arithmetic":
            return self.value
        nested = self._nested_word()
        if nested is not None:
            return nested
        return self._plain() if is_plain(self.value) else self._quoted()

    def refuse(self, reason: str) -> CannotFill:
        return CannotFill(f"{reason}: {EDIT}")

    @property
    def own_word(self) -> str:
        """What stands of the word before the value."""
        return self.whole.text[self.place.word_start : self.start]

    @property
    def begins_word(self) -> bool:
        return re.fullmatch(r"(?:\$?['\"])*", self.own_word) is not None

    # Plain values stand everywhere as they are, but for a few.

    def _plain(self) -> str:
        """`0>file` would redirect the file descriptor 0, and a dot is any character in a pattern of `=~`."""
        following = self.whole.text[self.end : self.end + 1]
        is_descriptor = self.value.isdigit() and following in ("<", ">")
        is_pattern = self.place.holder == "test_command" and self.place.kind == "test" and not self.value.isalnum()
        return f"'{self.value}'" if is_descriptor or is_pattern else self.value

    def _quoted(self) -> str:
        if readers.is_read_again(self.place, self.whole.text, self.start):
            raise self.refuse("could be read as code by the command it is given to")
        return self._encoded(self.value)

    def _encoded(self, value: str) -> str:
        """Any text at all, written for this place."""
        place, context = self.place, self.context
        if place.kind not in ENCODERS or (place.kind == "ansi-c" and self.whole.reading != "bash"):
            raise self.refuse(f"cannot stand {self.where}")
        if context is None or not _agree(place, context):
            raise self.refuse(f"cannot stand {self.where}, because how it would be read there is not certain")
        encoded = ENCODERS[place.kind](value)
        if "backticks" in context.frames:
            return self._in_backticks(encoded, context)
        if "heredoc" in context.frames[:-1] and "\n" in value:
            raise self.refuse("has several lines, which a command inside a here-document cannot take")
        return encoded

    def _in_backticks(self, encoded: str, context: Context) -> str:
        """What stands in backticks is read once more, without its backslashes."""
        outside = context.frames[: context.frames.index("backticks")]
        if context.frames.count("backticks") > 1 or not _CODE.issuperset(outside):
            raise self.refuse("cannot stand inside backticks within quotes")
        if re.search(r"[\\$`]", encoded):
            raise self.refuse("has a character that backticks give a meaning of their own")
        return encoded

    # Texts that are read twice.

    def _nested_word(self) -> str | None:
        """The value written for both readers; None where nobody reads it twice, or nobody can tell."""
        if not readers.is_read_again(self.place, self.whole.text, self.start):
            return None
        words = self.whole.places.words_around(self.start, self.end)
        nested = readers.maybe_nested(self.whole.text, self.place, words, self.start, self.end)
        if nested is None or self.place.kind not in ("single", "double"):
            return None
        if nested.reading == "sql":
            return self._encoded(_sql_word(nested, self.value))
        inner = ShellText(nested.text, (nested.start,), nested.reading)
        if inner.places.has_error:
            return None
        if nested.reading == "remote" and re.search(r"[\\'!\n]", self.value):
            raise self.refuse("has a character that not every shell at the other end reads alike")
        word = shell_word(inner, nested.start, nested.end, self.value)
        _check_shape(nested, word)
        return word if word == self.value and is_plain(word) else self._encoded(word)


def _sql_word(nested: readers.Nested, value: str) -> str:
    word = sql_word(nested.text, nested.start, nested.end, value)
    head, tail = nested.text[: nested.start], nested.text[nested.end :]
    check_sql(head + slot(0) + tail, head + word + tail, [value], nested.dialect)
    return word


def ends_in_variable(text: str) -> bool:
    """`$HOME`, without braces: a letter behind it would lengthen its name."""
    return re.search(r"\$[A-Za-z_]\w*\Z", text[-200:]) is not None


def _check_shape(nested: readers.Nested, word: str) -> None:
    before = Places(nested.text).outline()
    after = Places(nested.text[: nested.start] + word + nested.text[nested.end :]).outline()
    if before != after:
        raise CannotFill(f"would change what the step does, not only what it does it to: {EDIT}")


def _agree(place: Place, context: Context) -> bool:
    wanted = _FRAMES.get(place.kind)
    return context.innermost == wanted if wanted else context.innermost in _CODE


# What no quoting mends. Each raises, or is content.


def _check_neighbours(slot: _Slot) -> None:
    """A backslash, an open escape or a variable's name directly before would take the value's first characters."""
    if slot.place.kind in ("single", "heredoc-raw"):
        return
    backslashes = re.search(r"\\*\Z", slot.before)
    if backslashes is not None and len(backslashes[0]) % 2:
        raise slot.refuse("stands right behind a backslash")
    escape = r"\\(?:x[0-9A-Fa-f]?|u[0-9A-Fa-f]{0,3}|U[0-9A-Fa-f]{0,7}|[0-7]{1,2}|c)\Z"
    if slot.place.kind == "ansi-c" and re.search(escape, slot.before):
        raise slot.refuse("stands right behind an escape")
    if ends_in_variable(slot.before) and re.match(r"[\w\[]", slot.value):
        raise slot.refuse("stands right behind a variable's name and would lengthen it")


def _check_arithmetic(slot: _Slot) -> None:
    if slot.place.kind != "arithmetic":
        return
    if not is_integer(slot.value):
        raise slot.refuse("is not a whole number, and in arithmetic nothing else is safe")
    following = slot.whole.text[slot.end : slot.end + 1]
    before = slot.before[-1:]
    if re.match(r"[\w#$.]", before) or re.match(r"[\w#.]", following):
        raise slot.refuse("is only a part of a number there")
    if slot.value.startswith("-") and slot.before.rstrip()[-1:] not in "(=,*/%<>&|?:[":
        raise slot.refuse("is negative, which would be read as another operator there")


def _check_option(slot: _Slot) -> None:
    place = slot.place
    is_word = place.holder in ("command", "declaration_command", "unset_command", "heredoc_redirect")
    if place.kind in ("heredoc", "heredoc-raw", "command-name", "name") or not is_word or place.after_dashes:
        return
    if slot.value.startswith("-") and slot.begins_word:
        raise slot.refuse("begins with - and would be read as an option")


_OPERATORS = frozenset({"!", "(", ")", "=", "==", "!=", "<", ">"})
_COMPARES = expression(r"\s-(?:eq|ne|lt|le|gt|ge|v|R)\s")


def _check_test(slot: _Slot) -> None:
    """`[[ … -eq … ]]` computes its operands, and `-v` the subscript of a name."""
    place = slot.place
    if place.holder != "test_command" and place.command != "test":
        return
    if _COMPARES.search(place.statement) and not (is_integer(slot.value) or is_identifier(slot.value)):
        raise slot.refuse("is not a whole number or a name, and in this test nothing else is safe")
    if "[[" in place.statement and _COMPARES.search(place.statement) and not is_integer(slot.value):
        raise slot.refuse("is not a whole number, and in this test nothing else is safe")
    if slot.begins_word and (slot.value in _OPERATORS or slot.value.startswith("-")):
        raise slot.refuse("would be read as an operator of the test")


def _check_names(slot: _Slot) -> None:
    """Names of variables: what sets one evaluates the subscript it is given."""
    place = slot.place
    if place.kind == "name" and place.holder != "declaration_command" and not is_identifier(slot.value):
        raise slot.refuse("cannot stand as the name of a variable")
    if place.holder in ("declaration_command", "unset_command") and not _is_behind_sign(slot):
        if not is_identifier(slot.value):
            raise slot.refuse("cannot stand as the name of a variable")
    elif _names_variable(place) and not _fits_naming(place.command, slot.value):
        raise slot.refuse("could be read as code by the command it is given to")
    if re.search(r"\b(?:declare|typeset|local)\s+-\w*i", place.statement) and not is_integer(slot.value):
        raise slot.refuse("is not a whole number, and here nothing else is safe")


def _names_variable(place: Place) -> bool:
    return place.command in readers.NAMING and place.holder == "command"


def _fits_naming(command: str, value: str) -> bool:
    return is_integer(value) or (command != "let" and is_identifier(value))


def _is_behind_sign(slot: _Slot) -> bool:
    return "=" in slot.own_word and "[" not in slot.own_word


def _check_format(slot: _Slot) -> None:
    """The first word of `printf` is a format."""
    if slot.place.command != "printf" or slot.place.holder != "command" or not re.search(r"[%\\]", slot.value):
        return
    words = [word for word in slot.whole.places.words_around(slot.start, slot.end)[1:] if word.source != "--"]
    behind_options = words[2:] if words and words[0].source == "-v" else words
    if not behind_options or behind_options[0].end >= slot.end:
        raise slot.refuse("has a % or a backslash, which means something in a format")


def _check_descriptor(slot: _Slot) -> None:
    operator = slot.whole.text[: slot.place.word_start].rstrip(" \t")[-2:]
    duplicates = operator in (">&", "<&")
    if slot.place.kind == "redirect" and duplicates and re.fullmatch(r"\d*-?", slot.value):
        raise slot.refuse("would name a file descriptor")


_RUN = expression(r"\S*")


def _check_braces(slot: _Slot) -> None:
    """Inside `{a,<name>}` a comma or two dots would make further words, and quotes none."""
    if slot.place.kind not in ("bare", "array", "assignment"):
        return
    text = slot.whole.text
    tail = _RUN.match(text, slot.end)
    around = slot.own_word + slot.before[slot.before.rfind(" ") + 1 :] + (tail[0] if tail else "")
    if ("{" in around or "}" in around) and re.search(r",|\.\.|[^\x21-\x7e]", slot.value):
        raise slot.refuse("stands in a brace expansion, which it would change")


_EXPANSION_DEFAULT = expression(r"\$\{[A-Za-z_]\w*:?[-=+?][\w./-]*\Z")


def _check_expansion(slot: _Slot) -> None:
    if slot.place.kind != "expansion":
        return
    if not (is_plain(slot.value) and (ends_in_variable(slot.before) or _EXPANSION_DEFAULT.search(slot.before))):
        raise slot.refuse("cannot stand inside ${…}")


def _check_quotes_within(slot: _Slot) -> None:
    """`'{"name": "<x>"}'`: the quotes within are another reader's, and it decides how their end is written."""
    mark = '\\"' if slot.place.kind == "double" else '"'
    if slot.place.kind in ("single", "ansi-c", "double"):
        around = slot.own_word
    elif slot.place.kind in ("heredoc", "heredoc-raw"):
        around = slot.whole.text[slot.whole.text.rfind("\n", 0, slot.start) + 1 : slot.start]
    else:
        return
    if around.count(mark) % 2 and re.search(r"[\"\\\n]", slot.value):
        raise slot.refuse("would end the quotes it stands in for whoever reads them, or cannot be written there")


def _check_program(slot: _Slot) -> None:
    """In a program of another language a value is a name or a number, and text only within that language's quotes."""
    place = slot.place
    if place.holder != "command" or not readers.is_program_of(place.command):
        return
    in_quotes = place.kind in ("single", "double", "ansi-c") or "'" in slot.own_word or '"' in slot.own_word
    if not in_quotes and not _is_sed_script(slot):
        return
    if not fits_program(slot.value, place.command, slot.own_word, slot.whole.text[slot.end : slot.end + 1000]):
        raise slot.refuse(f"could be read as code by {place.command}")


def _is_sed_script(slot: _Slot) -> bool:
    return slot.place.command.endswith("sed") and re.match(r"\d*[sy][^\w\s]", slot.own_word) is not None


def _check_minus_again(slot: _Slot) -> None:
    """A negative number is an option or an operator to whoever reads it again."""
    if (
        slot.value.startswith("-")
        and readers.is_read_again(slot.place, slot.whole.text, slot.start)
        and slot.begins_word
    ):
        raise slot.refuse("begins with - and would be read as an option")


CHECKS: tuple[Callable[[_Slot], None], ...] = (
    _check_neighbours,
    _check_arithmetic,
    _check_option,
    _check_minus_again,
    _check_test,
    _check_names,
    _check_format,
    _check_descriptor,
    _check_braces,
    _check_expansion,
    _check_program,
    _check_quotes_within,
)
