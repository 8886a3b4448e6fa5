"""A scanner of shell quoting, here-documents, brackets and keywords: finds what is never closed, and which rows
stand outside of everything. It confirms or overrules the grammar, which rejects some valid bash.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..expressions import expression


class Fault(NamedTuple):
    row: int
    """Counted from 0 within the text."""
    code: str
    message: str


class Scan(NamedTuple):
    statements: tuple[int, ...]
    comments: frozenset[int]
    fault: Fault | None


HEREDOC = expression(r"<<(-?)[ \t]*(?:'([^'\n]*)'|\"([^\"\n]*)\"|\\?([\w.!%+,@/:^-]+))")
WORD = expression(r"[^\s;&|()<>'\"`$\\#{}]+|[{}#]")
OPERATOR = expression(r"&&|\|\||;;&|;;|;&|\|&|&>>|&>|>&|<&|<>|>>|>\||<\(|>\(|[;&|<>]")
EMPTY_BRACKETS = expression(r"\w[ \t]*\([ \t]*\)\Z")
"""A function is being defined: its body may follow at once."""
PLAIN_SINGLE = expression(r"[^']*'")

OPENERS = {"if": "fi", "case": "esac", "while": "done", "until": "done", "for": "done", "select": "done", "{": "}"}
CLOSERS = frozenset({"fi", "esac", "done", "}"})
INNER = {"then": "fi", "elif": "fi", "else": "fi", "do": "done"}
CONTINUES = frozenset({"then", "elif", "else", "do", "if", "while", "until", "{", "!", "time"})
"""Reserved words after which a command stands."""
NAMERS = frozenset({"function", "coproc"})
JOINERS = frozenset({"|", "||", "&&", "|&"})
ENDERS = frozenset({";", "&", ";;", ";&", ";;&"})
NAMES = {"'": "a single quote", '"': "a double quote", "`": "a backquote", "$(": "`$(`", "(": "`(`", "${": "`${`"}


class _Open:
    """Something that waits for its end: a quote, a bracket, or a keyword (then `closer` is its last word)."""

    __slots__ = ("closer", "in_words", "opener", "row")

    def __init__(self, closer: str, opener: str, row: int, in_words: bool = False) -> None:
        self.closer = closer
        self.opener = opener
        self.row = row
        self.in_words = in_words
        """A `case` between `case` and `in`, a `for` before its `do`: what follows is not a command."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.row = 0
        self.stack: list[_Open] = []
        self.at_command = True
        """The next word would be a command's name, so a reserved word counts."""
        self.after_compound = False
        """A `)`, `fi` or `done` has just closed: a reserved word may follow without a semicolon."""
        self.naming = False
        """The next word is the name of a `function` or `coproc`, and its body may follow at once."""
        self.joined = ""
        """The `|` or `&&` whose right side is still awaited."""
        self.redirect = ""
        self.waiting: list[tuple[str, bool, int]] = []
        self.statements: list[int] = []
        self.comments: set[int] = set()
        self.line_has_code = False
        self.fault: Fault | None = None

    def fail(self, row: int, code: str, message: str) -> None:
        if self.fault is None:
            self.fault = Fault(row, code, message)

    def run(self) -> Scan:
        text, length = self.text, len(self.text)
        while self.position < length and self.fault is None:
            self.step(text[self.position])
        self.finish()
        return Scan(tuple(self.statements), frozenset(self.comments), self.fault)

    def step(self, char: str) -> None:
        if self.stack and self.stack[-1].closer == '"':
            self.in_double(char)
        elif self.stack and self.stack[-1].opener in {"${", "$(("}:
            self.in_expansion(char)
        elif char == "\n":
            self.end_line()
        elif char in " \t":
            self.position += 1
        elif char == "\\":
            self.escape()
        elif char == "#" and self.at_word_start():
            self.comment()
        else:
            self.code(char)

    def at_word_start(self) -> bool:
        return self.position == 0 or self.text[self.position - 1] in " \t\n;&|()`"

    def escape(self) -> None:
        following = self.text[self.position + 1 : self.position + 2]
        if following == "\n":
            self.row += 1
        else:
            self.mark()
            self.at_command = False
            self.redirect = ""
        self.position += 2

    def comment(self) -> None:
        if not self.line_has_code and not self.stack and not self.joined:
            self.comments.add(self.row)
        end = self.text.find("\n", self.position)
        self.position = len(self.text) if end < 0 else end

    def mark(self) -> None:
        """Something other than a comment stands here."""
        if not self.line_has_code:
            self.line_has_code = True
            if not self.stack and not self.joined:
                self.statements.append(self.row)

    def code(self, char: str) -> None:
        opened_before = len(self.stack)
        self.mark()
        if char in "'\"`":
            self.quote(char)
        elif char == "$":
            self.dollar()
        elif char == "(":
            self.open(char)
        elif char == ")":
            self.close_bracket()
        elif (heredoc := self.heredoc(char)) is not None:
            self.take_heredoc(heredoc)
        elif (operator := OPERATOR.match(self.text, self.position)) is not None:
            self.operator(operator[0])
        else:
            self.word()
        if len(self.stack) > opened_before:
            self.joined = ""

    def quote(self, char: str) -> None:
        if char == "`" and self.stack and self.stack[-1].closer == "`":
            self.stack.pop()
            self.position += 1
            self.after_word()
            return
        if char == "'":
            self.single(self.position + 1)
        else:
            self.stack.append(_Open(char, char, self.row))
            self.position += 1
            self.at_command = char == "`"
            self.redirect = self.joined = ""

    def single(self, start: int) -> None:
        found = PLAIN_SINGLE.match(self.text, start)
        if found is None:
            self.fail(self.row, "shell-syntax", "a single quote is never closed")
            return
        self.row += found[0].count("\n")
        self.position = found.end()
        self.after_word()

    def after_word(self) -> None:
        self.at_command = self.naming
        self.after_compound = self.naming = False
        self.redirect = self.joined = ""

    def dollar(self) -> None:
        rest = self.text[self.position : self.position + 3]
        self.joined = self.redirect = ""
        if rest == "$((":
            self.stack.append(_Open("))", "$((", self.row))
            self.position += 3
        elif rest.startswith("$("):
            self.position += 1
            self.open("$(")
        elif rest.startswith("${"):
            self.stack.append(_Open("}", "${", self.row))
            self.position += 2
        elif rest.startswith("$'"):
            self.ansi_quote()
        else:
            self.position += 1
            self.at_command = False

    def ansi_quote(self) -> None:
        found = re.compile(r"\$'(?:[^'\\]|\\.)*'", re.DOTALL).match(self.text, self.position)
        if found is None:
            self.fail(self.row, "shell-syntax", "a single quote is never closed")
            return
        self.row += found[0].count("\n")
        self.position = found.end()
        self.after_word()

    def open(self, opener: str) -> None:
        starts_loop = bool(self.stack) and self.stack[-1].opener == "for" and self.stack[-1].in_words
        if opener == "(" and self.text.startswith("((", self.position) and (self.at_command or starts_loop):
            self.stack.append(_Open("))", "$((", self.row))
            self.position += 2
            self.at_command = False
            return
        if opener == "(" and self.joined:
            self.joined = ""
        is_list = opener == "(" and self.text[self.position - 1 : self.position] in {"=", "@", "+", "*", "?", "!"}
        self.stack.append(_Open(")", opener, self.row, in_words=is_list))
        self.position += 1
        self.at_command = not is_list

    def close_bracket(self) -> None:
        if self.in_case():
            # the bracket that ends a pattern: `start) …`
            self.position += 1
            self.at_command = True
            return
        if not self.stack or self.stack[-1].closer != ")":
            self.fail(self.row, "shell-syntax", self.unmatched(")"))
            return
        opener = self.stack.pop()
        self.position += 1
        self.at_command = opener.opener == "(" and bool(
            EMPTY_BRACKETS.search(self.text, max(0, self.position - 40), self.position)
        )
        self.after_compound = True
        self.redirect = self.joined = ""

    def in_case(self) -> bool:
        return bool(self.stack) and self.stack[-1].closer == "esac"

    def unmatched(self, word: str) -> str:
        if self.stack:
            opened = self.stack[-1]
            return f"`{word}` stands where the end of {NAMES.get(opened.opener, f'`{opened.opener}`')} is awaited"
        return f"`{word}` closes nothing"

    def heredoc(self, char: str) -> re.Match[str] | None:
        if char != "<" or self.text.startswith("<<<", self.position):
            return None
        return HEREDOC.match(self.text, self.position)

    def take_heredoc(self, found: re.Match[str]) -> None:
        word = next(group for group in found.groups()[1:] if group is not None)
        self.waiting.append((word, found[1] == "-", self.row))
        self.position = found.end()

    def operator(self, found: str) -> None:
        if self.text.startswith("<<<", self.position):
            self.position += 3
            self.redirect = "<<<"
            return
        self.position += len(found)
        if found in {"<(", ">("}:
            self.stack.append(_Open(")", "(", self.row))
            self.at_command = True
            self.redirect = ""
        elif found in JOINERS:
            self.joiner(found)
        elif found in ENDERS:
            self.ender(found)
        else:
            if self.redirect:
                self.fail(self.row, "shell-syntax", f"`{self.redirect}` has no file after it")
            self.redirect = found

    def joiner(self, found: str) -> None:
        pattern = found == "|" and self.in_case()
        if (self.at_command or self.redirect) and not pattern:
            self.fail(self.row, "shell-syntax", f"`{found}` has no command before it")
        self.joined = found
        self.at_command = True

    def ender(self, found: str) -> None:
        if found.startswith(";;") or found == ";&":
            if not self.in_case():
                self.fail(self.row, "shell-syntax", f"`{found}` stands outside of a `case`")
        elif self.redirect or self.joined or (self.at_command and not self.is_loop_head()):
            self.fail(self.row, "shell-syntax", f"`{found}` has no command before it")
        self.at_command = True

    def is_loop_head(self) -> bool:
        return bool(self.stack) and self.stack[-1].in_words

    def word(self) -> None:
        found = WORD.match(self.text, self.position)
        if found is None:
            self.position += 1
            return
        word = found[0]
        starts = self.at_word_start()
        self.position = found.end()
        if word in "{}" and not (starts and self.ends_here()):
            self.after_word()
            return
        may_be_keyword = self.at_command or (self.after_compound and (word in CLOSERS or word in INNER))
        if may_be_keyword and starts and self.ends_here() and self.keyword(word):
            return
        if self.stack and self.stack[-1].in_words and word in {"in", "do"} and starts:
            self.head_word(word)
            return
        self.after_word()
        if self.text[self.position - 1] == "=" or re.fullmatch(r"\w+=\S*", word):
            # after an assignment a command may still follow
            self.at_command = True

    def ends_here(self) -> bool:
        return self.text[self.position : self.position + 1] in {"", " ", "\t", "\n", ";", "&", "|", "(", ")"}

    def head_word(self, word: str) -> None:
        head = self.stack[-1]
        if head.opener == "case" and word == "in":
            head.in_words = False
            self.at_command = True
        elif word == "do" and head.closer == "done" and self.at_command:
            head.in_words = False

    def keyword(self, word: str) -> bool:
        """Whether the word was a reserved word in its place."""
        if word in OPENERS:
            in_words = word in {"case", "for", "select"}
            self.stack.append(_Open(OPENERS[word], word, self.row, in_words=in_words))
            self.at_command = not in_words
        elif word in INNER:
            self.inner(word)
        elif word in CLOSERS:
            self.close(word)
        elif word in CONTINUES:
            self.at_command = True
        elif word in NAMERS:
            self.naming = True
            self.at_command = False
        else:
            return False
        self.redirect = self.joined = ""
        return True

    def inner(self, word: str) -> None:
        if not self.stack or self.stack[-1].closer != INNER[word]:
            self.fail(self.row, "shell-syntax", self.unmatched(word))
            return
        self.stack[-1].in_words = False
        self.at_command = True

    def close(self, word: str) -> None:
        if not self.stack or self.stack[-1].closer != word:
            self.fail(self.row, "shell-syntax", self.unmatched(word))
            return
        self.stack.pop()
        self.at_command = False
        self.after_compound = True

    def in_double(self, char: str) -> None:
        if char == "\\":
            self.row += self.text[self.position + 1 : self.position + 2] == "\n"
            self.position += 2
        elif char == '"':
            self.stack.pop()
            self.position += 1
            self.after_word()
        elif char == "$":
            self.in_double_dollar()
        elif char == "`":
            self.stack.append(_Open("`", "`", self.row))
            self.at_command = True
            self.position += 1
        else:
            self.row += char == "\n"
            self.position += 1

    def in_double_dollar(self) -> None:
        if self.text.startswith(("$(", "${"), self.position):
            self.dollar()
        else:
            self.position += 1

    def in_expansion(self, char: str) -> None:
        """Inside `${…}` or `$((…))`: only quotes, nested expansions and the end count."""
        top = self.stack[-1]
        if char == "\\":
            self.position += 2
        elif self.text.startswith(top.closer, self.position):
            self.stack.pop()
            self.position += len(top.closer)
            self.after_expansion()
        elif char == "$" and self.text.startswith(("$(", "${"), self.position):
            self.dollar()
        elif char == "(" and top.closer == "))":
            self.stack.append(_Open(")", "$((", self.row))
            self.position += 1
        elif char == '"':
            self.stack.append(_Open('"', '"', self.row))
            self.position += 1
        else:
            self.row += char == "\n"
            self.position += 1

    def after_expansion(self) -> None:
        if not self.stack or self.stack[-1].closer not in {'"', "))"}:
            self.after_word()

    def end_line(self) -> None:
        if self.redirect:
            self.fail(self.row, "shell-syntax", f"`{self.redirect}` has no file after it")
        self.position += 1
        self.row += 1
        self.line_has_code = False
        head = self.stack[-1] if self.stack else None
        if not (head and head.in_words and head.opener in {"(", "$(", "case"}):
            self.at_command = True
        for word, strips_tabs, opened in self.waiting:
            self.skip_heredoc(word, strips_tabs, opened)
        self.waiting.clear()

    def skip_heredoc(self, word: str, strips_tabs: bool, opened: int) -> None:
        while self.position < len(self.text):
            end = self.text.find("\n", self.position)
            end = len(self.text) if end < 0 else end
            line = self.text[self.position : end]
            self.position = min(end + 1, len(self.text))
            self.row += 1
            if (line.lstrip("\t") if strips_tabs else line) == word:
                return
        self.unended(word, opened)

    def unended(self, word: str, opened: int) -> None:
        near = any(line.strip() == word for line in self.text.split("\n"))
        why = f"spaces stand around `{word}`" if near else f"no line is just `{word}`"
        self.fail(opened, "unterminated-heredoc", f"the here-document never ends: {why}")

    def finish(self) -> None:
        for word, _, opened in self.waiting:
            self.unended(word, opened)
        if self.stack:
            top = self.stack[-1]
            what = NAMES.get(top.opener, f"`{top.opener}`")
            self.fail(top.row, "shell-syntax", f"{what} is never closed")
        elif self.joined:
            self.fail(self.row, "shell-syntax", f"nothing follows the `{self.joined}` at the end")
        elif self.redirect:
            self.fail(self.row, "shell-syntax", f"`{self.redirect}` has no file after it")


def scan(text: str) -> Scan:
    return _Scanner(text).run()
