"""Every mistake in an `oncue.toml` is one sentence with its file and line, and all of them are named at once."""

from __future__ import annotations

import json
import os
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.finding import read_settings
from engine.errors import UsageError

LEVELS = "'safe', 'unknown', 'caution' or 'dangerous'"
ROW = 'category = "availability"\nwhy = "w"\n'
ELSEWHERE = "it belongs in your own file or in one named with --config"
MISTAKES: dict[str, tuple[str, list[str]]] = {
    "an unknown key near a known one": (
        'enviroment = "production"\n',
        ["1: `enviroment` is not a setting; the nearest is `environment`"],
    ),
    "an unknown key near none": (
        "[colour]\n",
        [
            "1: `colour` is not a setting; known are `environment`, `wrappers`, `library`, `theme`, `environments`, "
            "`rules`, `allow`, `aliases`, `timeouts`, `redaction`, `databases`, `trail`, `keys`"
        ],
    ),
    "an unknown key in a table": (
        '[timeouts]\n\n# how long\nstpe = "5m"\n',
        ["4: `timeouts.stpe` is not a setting; the nearest is `timeouts.step`"],
    ),
    "an unknown key in a dotted one": (
        'timeouts.stpe = "5m"\n',
        ["1: `timeouts.stpe` is not a setting; the nearest is `timeouts.step`"],
    ),
    "an unknown key in an inline table": (
        '[redaction]\npatterns = [\n  { name = "a", pattern = "b" },\n  { name = "a", patern = "b" },\n]\n',
        [
            "4: `redaction.patterns.patern` is not a setting; the nearest is `redaction.patterns.pattern`",
            "4: `redaction.patterns` lacks `pattern`",
        ],
    ),
    "a key of the whole file below a table": (
        '[timeouts]\nstep = "5m"\nwrappers = ["gds aws"]\n',
        ["3: `timeouts.wrappers` is not a setting; `wrappers` of the whole file stands above its first [table]"],
    ),
    "a list among the aliases": (
        '[aliases]\nwrappers = ["gds aws"]\n',
        ["2: `aliases.wrappers` wants a text in quotes, not a list; `wrappers` of the whole file stands above its "
         "first [table]"],
    ),
    "wrong types": (
        "environment = true\nwrappers = 'gds aws'\naliases = 3\n[[rules]]\ntool = 1.5\n[timeouts]\nstep = 30\n",
        [
            "1: `environment` wants a text in quotes, not a truth value",
            "2: `wrappers` wants a list, not a text",
            "3: `aliases` wants a table, not a number",
            "4: `rules` lacks `category`",
            "4: `rules` lacks `level`",
            "4: `rules` lacks `why`",
            "5: `rules.tool` wants a text in quotes, not a number",
            "7: `timeouts.step` wants a number with its unit, such as `30s`, `5m` or `1h30m`, in quotes",
        ],
    ),
    "a table instead of tables": ('[rules]\ntool = "x"\n', ["1: `rules` wants a list, not a table"]),
    "a date instead of a text": ("environment = 1979-05-27\n", ["1: `environment` wants a text in quotes, not a date"]),
    "a bad level": (
        f'[[rules]]\ntool = "x"\nlevel = "sever"\n{ROW}',
        [f"3: `rules.level` is 'sever'; it has to be {LEVELS}"],
    ),
    "a bad level to raise to": (
        '[environments.production]\nraise = { unknown = "severe" }\n',
        [f"2: `environments.production.raise.unknown` is 'severe'; it has to be {LEVELS}"],
    ),
    "a bad level to raise from": (
        '[environments.production]\nraise.unknwn = "caution"\n',
        [f"2: `environments.production.raise.unknwn` is 'unknwn'; it has to be {LEVELS}"],
    ),
    "a level that is lowered": (
        '[environments.production]\nmatch = ["prod"]\nraise = { dangerous = "safe" }\n',
        ["3: `environments.production.raise` lowers dangerous to safe; here a level can only be raised"],
    ),
    "an empty tool": (f'[[rules]]\ntool = " "\nlevel = "caution"\n{ROW}', ["2: `rules.tool` is empty"]),
    "no reason": ('[[allow]]\ntool = "rm"\nwhat = "x"\n', ["1: `allow` lacks `reason`"]),
    "a blank reason": ('[[allow]]\ntool = "rm"\nreason = "  "\n', ["3: `allow.reason` is empty"]),
    "an allowance that allows nothing": (
        '[[allow]]\ntool = "rm"\nreason = "r"\nlevel = "dangerous"\n',
        ["4: `allow.level` is 'dangerous'; it has to be 'safe', 'unknown' or 'caution'"],
    ),
    "the second row of three": (
        '[[allow]]\ntool = "a"\nreason = "r"\n\n[[allow]]\ntool = "b"\n\n[[allow]]\ntool = "c"\nreason = "r"\n',
        ["5: `allow` lacks `reason`"],
    ),
    "an alias of two words": ('[aliases]\n"a b" = "c"\n', ["2: `aliases.a b` is not one word"]),
    "an alias for nothing": ('[aliases]\nk = ""\n', ["2: `aliases.k` is empty"]),
    "a NUL character": ('environment = "a\\u0000b"\n', ["1: `environment` holds a NUL character"]),
    "a duration without a unit that is known": (
        '[timeouts]\ncontext = "5 minutes"\n',
        ["2: `timeouts.context` wants a number with its unit, such as `30s`, `5m` or `1h30m`, in quotes"],
    ),
    "a password": (
        '[databases]\norders = "postgresql://app:geheim@db/orders"\n',
        ["2: `databases.orders` holds a password; name the environment variable that has it instead, as `${NAME}`"],
    ),
    "a password in the query": (
        '[databases]\norders = "mysql://db/orders?user=app&password=geheim"\n',
        ["2: `databases.orders` holds a password; name the environment variable that has it instead, as `${NAME}`"],
    ),
    "half a password": (
        '[databases]\norders = "postgresql://app:${A}x@db/orders"\n',
        ["2: `databases.orders` holds a password; name the environment variable that has it instead, as `${NAME}`"],
    ),
    "a reference that is none": (
        '[databases]\norders = "postgresql://app:$PASSWORD@db/orders"\n',
        ["2: `databases.orders` has a `$` that is not `${NAME}`; write `%24` for the sign itself"],
    ),
    "a look that is not there": (
        'theme = "monokai"\n',
        ["1: `theme` is 'monokai'; it has to be 'oncue-dark', 'oncue-light' or 'oncue-contrast'"],
    ),
    "keys that are no table": ('keys = "vim"\n', ["1: `keys` wants a table, not a text"]),
    "actions that are not there": (
        '[keys]\nnot = "f2"\nlibrary.lok = "o"\n"gate.run" = "f2"\n',
        [
            "2: `keys.not` is no action; the nearest is `keys.note`",
            "3: `keys.library.lok` is no action; the nearest is `keys.library.look`",
            "4: `keys.gate.run` is no action; the nearest is `keys.gate.dry_run`",
        ],
    ),
    "keys that are not there": (
        '[keys]\nnote = "contrl+n"\nskip = ["f2", "ctrl+i"]\nedit = ""\n',
        [
            "2: `keys.note` is 'contrl+n', which is no key; the nearest is 'ctrl+n'",
            "3: `keys.skip` is 'ctrl+i', which terminals do not tell from 'tab'",
            "4: `keys.edit` is '', which is no key",
        ],
    ),
    "keys of another kind": (
        "[keys]\nnote = 2\nskip = []\nedit = [[]]\n",
        [f'{line}: `keys.{one}` wants a key in quotes, such as "f2", or a list of keys'
         for line, one in ((2, "note"), (3, "skip"), (4, "edit"))],
    ),
    "a key with two meanings": (
        '[keys]\nnote = "s"\nlibrary.look = "f2"\nlibrary.history = "F2"\n',
        [
            "2: `keys.note` is 's', which is `keys.skip` already; put that on another key first",
            "3: `keys.library.look` is 'f2', which is `keys.library.history` too",
            "4: `keys.library.history` is 'f2', which is `keys.library.look` too",
        ],
    ),
    "the key that lets a text run": (
        '[keys]\nproceed = "y"\ngate.skip = "y"\n',
        [f"{line}: `keys.{one}` is 'y', which answers the question before a step runs and is nothing else near it"
         for line, one in ((2, "proceed"), (3, "gate.skip"))],
    ),
    "keys that are the same everywhere": (
        '[keys]\nnote = "ctrl+p"\nskip = "tab"\nleave = "ctrl+c"\ngate.edit = "enter"\n',
        [
            "2: `keys.note` is 'ctrl+p', which opens the command palette everywhere",
            "3: `keys.skip` is 'tab', which moves on to the next part of the screen everywhere",
            "4: `keys.leave` is 'ctrl+c', which interrupts everywhere",
            "5: `keys.gate.edit` is 'enter', which stays what it is there",
        ],
    ),
    "an interrupt without its key": (
        '[keys]\ninterrupt = "ctrl+x"\n',
        ["2: `keys.interrupt` lacks 'ctrl+c', which interrupts everywhere; other keys may stand beside it"],
    ),
    "keys that write text": (
        '[keys]\ninterrupt = ["ctrl+c", "x"]\nedit.accept = "?"\n',
        [f"{line}: `keys.{one}` is '{key}', which writes text there; it wants a key with ctrl or alt, or such as 'f2'"
         for line, one, key in ((2, "interrupt", "x"), (3, "edit.accept", "question_mark"))],
    ),
    "no URL": (
        '[databases]\norders = "db/orders"\n',
        ["2: `databases.orders` wants a URL, such as `postgresql://app@db.internal/orders`"],
    ),
    "syntax": ('environment = "a"\nwrappers = [\n', ["2: is not TOML: invalid value"]),
    "syntax in the middle": ("a = 1\nb = = 2\nc = 3\n", ["2: is not TOML: invalid value"]),
    "a key twice": ('environment = "a"\nenvironment = "b"\n', ["2: is not TOML: cannot overwrite a value"]),
    "tabs and CRLF": ('\ufeff# x\r\n[timeouts]\r\n\tstep\t=\t"x"\r\n',
        ["3: `timeouts.step` wants a number with its unit, such as `30s`, `5m` or `1h30m`, in quotes"]),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_a_sentence_with_its_line(tmp_path: Path, mistake: str) -> None:
    text, sentences = MISTAKES[mistake]
    assert said_about(own(tmp_path, text), tmp_path) == sentences


PROJECT_MISTAKES: dict[str, tuple[str, list[str]]] = {
    "a rule that makes something safe": (
        f'[[rules]]\ntool = "x"\nlevel = "safe"\n{ROW}',
        [f"3: `rules.level` is safe; a project's file lowers to caution and no further: {ELSEWHERE}"],
    ),
    "a rule that makes something unknown": (
        f'[[rules]]\ntool = "x"\nlevel = "unknown"\n{ROW}',
        [f"3: `rules.level` is unknown; a project's file lowers to caution and no further: {ELSEWHERE}"],
    ),
    "an allowance down to safe": (
        '[[allow]]\ntool = "x"\nreason = "r"\nlevel = "safe"\n',
        [f"4: `allow.level` is safe; a project's file lowers to caution and no further: {ELSEWHERE}"],
    ),
    "how it looks": ('theme = "oncue-light"\n', [f"1: `theme` is not for a project's file to say: {ELSEWHERE}"]),
    "what the keys do": (
        '[keys]\nskip = "f2"\n',
        [f"1: `keys` is not for a project's file to say: {ELSEWHERE}"],
    ),
    "where the trail lies": (
        '[trail]\npath = "/dev/null"\n',
        [f"2: `trail.path` is not for a project's file to say: {ELSEWHERE}"],
    ),
}


@pytest.mark.parametrize("mistake", PROJECT_MISTAKES)
def test_what_a_projects_file_may_not_say_is_for_ones_own(tmp_path: Path, mistake: str) -> None:
    text, sentences = PROJECT_MISTAKES[mistake]
    assert said_about(project(tmp_path, text), tmp_path) == sentences
    (tmp_path / "p" / "oncue.toml").unlink()
    own(tmp_path, text)
    assert read_settings({"HOME": str(tmp_path)}, None).sources[0].role == "own"


def own(home: Path, text: str) -> Path:
    path = home / ".config" / "oncue" / "oncue.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def project(home: Path, text: str) -> Path:
    path = home / "p" / "oncue.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return path


def said_about(path: Path, home: Path, **environ: str) -> list[str]:
    """Each sentence, without the path that it has to begin with."""
    with pytest.raises(UsageError) as refused:
        read_settings({"HOME": str(home), **environ}, home / "p" / "runbook.md")
    sentences = str(refused.value).split("\n")
    assert all(sentence.startswith(f"{path}:") for sentence in sentences)
    return [sentence.removeprefix(f"{path}:") for sentence in sentences]


def test_a_rule_that_danger_cannot_use_is_named_with_its_line(tmp_path: Path) -> None:
    text = f'# ours\n[[rules]]\ntool = "x"\nwhat = "@nonsense"\nlevel = "caution"\n{ROW}'
    (sentence,) = said_about(own(tmp_path, text), tmp_path)
    assert sentence.startswith("2: `rules` has a row that cannot be used: ")
    assert len(sentence) > len("2: `rules` has a row that cannot be used: ")


@pytest.mark.parametrize("pattern", ["a(", "a*", "(a+)+b", "\\\\"[:1]])
def test_a_pattern_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, pattern: str) -> None:
    text = f"[redaction]\n\npatterns = [\n  {{ name = 'n', pattern = '{pattern}' }},\n]\n"
    (sentence,) = said_about(own(tmp_path, text), tmp_path)
    assert sentence.startswith("4: `redaction.patterns` ")


def test_things_that_do_not_fit_together_are_named_with_their_line(tmp_path: Path) -> None:
    path = own(tmp_path, '[databases]\norders = "sqlite:///a.db"\ndefault = "order"\n')
    assert said_about(path, tmp_path) == ["3: no database is called `order`; the nearest is `orders`"]
    own(tmp_path, 'environment = "prodution"\n')
    assert said_about(path, tmp_path) == ["1: no environment is called `prodution`; the nearest is `production`"]
    own(tmp_path, '[aliases]\na = "b x"\nb = "c"\nc = "a y"\n')
    assert said_about(path, tmp_path) == ["2: `aliases.a` stands for itself in the end"]


def test_variables_and_options_are_checked_as_files_are(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    with pytest.raises(UsageError, match=r"^ONCUE_STEP_TIMEOUT: `soon` is no duration; it has to be a number with"):
        read_settings({**home, "ONCUE_STEP_TIMEOUT": "soon"}, None)
    with pytest.raises(UsageError, match=r"^ONCUE_ENVIRONMENT: no environment is called `x`; known are `production`$"):
        read_settings({**home, "ONCUE_ENVIRONMENT": "x"}, None)
    with pytest.raises(UsageError, match=r"^--environment: no environment is called `x`"):
        read_settings(home, None, options={"environment": ("x", "--environment")})
    with pytest.raises(UsageError, match=r"^ONCUE_ENVIROMENT: there is no such variable; the nearest is ONCUE_ENVIR"):
        read_settings({**home, "ONCUE_ENVIROMENT": "production"}, None)


# Files that cannot be read: nothing runs with half a policy.


def refusal(home: Path, option: str | None = None) -> str:
    with pytest.raises(UsageError) as refused:
        read_settings({"HOME": str(home)}, home / "p" / "runbook.md", config=option)
    return str(refused.value)


def test_a_file_that_is_no_text_is_refused_with_its_line(tmp_path: Path) -> None:
    path = own(tmp_path, "")
    path.write_bytes(b'environment = "a"\n# caf\xe9\n')
    assert refusal(tmp_path) == f"{path}:2: is not UTF-8 text"


def test_numbers_and_lists_beyond_all_measure_are_refused(tmp_path: Path) -> None:
    path = own(tmp_path, "a = " + "9" * 5000 + "\n")
    assert refusal(tmp_path).startswith(f"{path}: is not TOML that can be read: ")
    own(tmp_path, "a = " + "[" * 5000 + "]" * 5000 + "\n")
    assert refusal(tmp_path).startswith(f"{path}: is not TOML that can be read: ")


@pytest.mark.parametrize("role", ["own", "project", "option"])
def test_what_is_there_and_no_file_is_refused_and_never_opened(tmp_path: Path, role: str) -> None:
    path = {"own": own, "project": project, "option": project}[role](tmp_path, "")
    option = str(path) if role == "option" else None
    path.unlink()
    path.mkdir()
    assert refusal(tmp_path, option) == f"{path}: is not an ordinary file"
    path.rmdir()
    os.mkfifo(path)
    assert refusal(tmp_path, option) == f"{path}: is not an ordinary file"
    path.unlink()
    path.symlink_to("nowhere")
    assert refusal(tmp_path, option) == f"{path}: cannot be read: no such file or directory"
    path.unlink()
    path.symlink_to(path.name)
    assert refusal(tmp_path, option) == f"{path}: cannot be read: too many levels of symbolic links"


def test_a_file_named_on_the_command_line_has_to_be_there(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    assert refusal(tmp_path, str(missing)) == f"{missing}: cannot be read: no such file or directory"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_or_folder_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = own(tmp_path, 'environment = "production"\n')
    path.chmod(0)
    assert refusal(tmp_path) == f"{path}: cannot be read: permission denied"
    path.parent.chmod(0)
    try:
        assert refusal(tmp_path) == f"{path}: cannot be read: permission denied"
    finally:
        path.parent.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("write", [own, project])
def test_another_users_file_decides_nothing(tmp_path: Path, write: type) -> None:
    path = write(tmp_path, 'environment = "production"\n')
    os.chown(path, 4711, -1)
    assert refusal(tmp_path).startswith(f"{path}: belongs to another user (uid 4711), who may not decide")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_projects_file_may_belong_to_whoever_wrote_the_runbook(tmp_path: Path) -> None:
    path = project(tmp_path, 'environment = "production"\n')
    runbook = tmp_path / "p" / "runbook.md"
    runbook.write_text("")
    for one in (path, runbook):
        os.chown(one, 4711, -1)
    assert read_settings({"HOME": str(tmp_path)}, runbook).environment == "production"


def test_ones_own_file_that_everybody_may_write_is_refused(tmp_path: Path) -> None:
    path = own(tmp_path, "")
    path.chmod(0o666)
    assert refusal(tmp_path) == f"{path}: everybody may write to it; take that away with `chmod o-w`"


def test_the_example_of_the_readme_is_in_order(tmp_path: Path) -> None:
    readme = Path(__file__).resolve().parents[2] / "README.md"
    (example,) = [block.split("```")[0] for block in readme.read_text().split("```toml\n")[1:]]
    own(tmp_path, dedent(example))
    settings = read_settings({"HOME": str(tmp_path)}, None)
    assert {value.key.split(".")[0] for value in settings.values if value.origin.kind == "file"} == {
        "environment", "wrappers", "aliases", "environments", "rules", "allow", "timeouts", "databases", "redaction",
        "trail", "library", "theme", "keys",
    }  # fmt: skip


# Whatever stands there.

TOP = [
    "environment",
    "wrappers",
    "environments",
    "rules",
    "allow",
    "aliases",
    "timeouts",
    "redaction",
    "databases",
    "trail",
    "theme",
    "keys",
    "x",
]
INNER = [
    "note",
    "gate",
    "edit",
    "match",
    "raise",
    "tool",
    "level",
    "reason",
    "what",
    "step",
    "from",
    "patterns",
    "name",
    "pattern",
    "default",
    "path",
    "production",
    "x",
]
WORDS = ["safe", "caution", "5m", "rm", "production", "sqlite:///a.db", "mysql://u:p@h/d", "(", "", "@x", "a b", "f2"]
LEAVES = st.one_of(st.booleans(), st.integers(-9, 9), st.sampled_from(WORDS), st.text(max_size=4))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(INNER), inner, max_size=3)),
    max_leaves=6,
)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def beginnings(home: Path) -> set[str]:
    """What each sentence begins with, up to its colon, or the file that was read."""
    try:
        return {source.path for source in read_settings({"HOME": str(home)}, None).sources}
    except UsageError as error:
        return {sentence.split(":")[0] for sentence in str(error).split("\n")}


@given(st.dictionaries(st.sampled_from(TOP), VALUES, max_size=3))
def test_any_content_is_settings_or_sentences(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, object]
) -> None:
    home = tmp_path_factory.mktemp("home")
    path = own(home, "".join(f"{key} = {toml(value)}\n" for key, value in content.items()))
    assert beginnings(home) == {str(path)}


@given(st.one_of(st.binary(max_size=40), st.text(max_size=40).map(str.encode)))
def test_any_bytes_are_settings_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    home = tmp_path_factory.mktemp("home")
    path = own(home, "")
    path.write_bytes(data)
    assert beginnings(home) == {str(path)}
