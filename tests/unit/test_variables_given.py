"""Values are given by option, file and environment, the first of them counts, and each says where it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.giving import Gift, given_values
from engine.cli.var_file import read_values
from engine.errors import UsageError
from engine.model import Variable
from engine.parse import read_runbook

RUNBOOK = read_runbook("a.md", b"# T\n\n```bash\necho hi\n```\n")
INPUTS = (
    Variable("service-name", "braces", (4,)),
    Variable("NS", "dollar", (5,), default="prod", choices=("prod", "test")),
    Variable("ticket", "angle", (6,), pattern="INC-[0-9]+"),
    Variable("token", "angle", (7,), secret=True, default="hunter2"),
)


def give(*options: str, files: tuple[str, ...] = (), **environment: str) -> Gift:
    return given_values(RUNBOOK, INPUTS, options, files, environment)


def told(*options: str, files: tuple[str, ...] = (), **environment: str) -> dict[str, tuple[str, str]]:
    gift = give(*options, files=files, **environment)
    return {name: (given.value, given.source) for name, given in gift.values.items()}


def test_the_first_source_that_has_a_value_counts(tmp_path: Path) -> None:
    file, later = tmp_path / "a.env", tmp_path / "b.env"
    file.write_text("NS=test\nticket=INC-1\n")
    later.write_text("\n# x\nticket=INC-2\nother=1\n")
    assert told() == {"NS": ("prod", "default")}
    assert told(NS="test") == {"NS": ("test", "$NS")}
    assert told(NS="test", ONCUE_VAR_NS="prod")["NS"] == ("prod", "$ONCUE_VAR_NS")
    assert told(files=(str(file),), ONCUE_VAR_NS="prod")["NS"] == ("test", f"{file}:1")
    assert told("NS=prod", files=(str(file),))["NS"] == ("prod", "--var")
    assert told(files=(str(file), str(later)))["ticket"] == ("INC-2", f"{later}:3")
    assert give(files=(str(later),)).unused == ("other",)


def test_the_environment_names_an_input_with_underscores_and_only_a_dollar_name_as_it_is() -> None:
    assert told(ONCUE_VAR_service_name="web", ticket="INC-1") == {
        "service-name": ("web", "$ONCUE_VAR_service_name"),
        "NS": ("prod", "default"),
    }


def test_an_empty_value_is_none() -> None:
    assert told("service-name=", ONCUE_VAR_service_name="web")["service-name"] == ("web", "$ONCUE_VAR_service_name")


def test_a_secret_is_taken_from_a_file_or_the_environment_and_never_from_an_argument_or_the_document(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.env"
    file.write_text("token=abc\n")
    assert give(files=(str(file),)).values["token"].secret
    assert told(**{"ONCUE_VAR_token": "abc"})["token"] == ("abc", "$ONCUE_VAR_token")
    with pytest.raises(UsageError, match="everybody on this machine can read arguments") as refused:
        give("token=hunter2")
    assert "hunter2" not in str(refused.value)
    assert "token" not in told()


@pytest.mark.parametrize(
    ("options", "environment", "reason"),
    [
        (("tickets=INC-1",), {}, "has no such input; did you mean ticket?"),
        (("zzz=1",), {}, "its inputs: service-name, NS, ticket, token"),
        (("ticket=1",), {}, "--var: the value of ticket does not fit its pattern"),
        (("NS=dev",), {}, "is none of prod, test"),
        ((), {"ONCUE_VAR_NS": "dev"}, "$ONCUE_VAR_NS: the value of NS is none of"),
        (("service-name=a\x1b[31m",), {}, "control character"),
        (("service-name=" + "x" * 100_001,), {}, "longer than 100,000 bytes"),
        (("service-name",), {}, "write it as NAME=VALUE"),
    ],
)
def test_a_value_nobody_asks_for_is_refused_with_its_source(
    options: tuple[str, ...], environment: dict[str, str], reason: str
) -> None:
    with pytest.raises(UsageError) as refused:
        give(*options, **environment)
    assert reason in str(refused.value)


LINES = r"""# comment

export A=1
b-c = two words
D='it is $HOME \n'
E="a\tb \"c\" \$d \\"
F=
G=a=b # no comment
"""


def test_lines_are_read_as_in_a_dotenv_file(tmp_path: Path) -> None:
    file = tmp_path / "x.env"
    file.write_text("\ufeff" + LINES)
    assert {name: entry.value for name, entry in read_values(str(file)).items()} == {
        "A": "1",
        "b-c": "two words",
        "D": "it is $HOME \\n",
        "E": 'a\tb "c" $d \\',
        "F": "",
        "G": "a=b # no comment",
    }


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("x.json", '{"a": 1, "b": "x", "c": true}', {"a": "1", "b": "x", "c": "true"}),
        ("x.toml", 'a = 1\nb = "x"\nc = 2024-01-01\n', {"a": "1", "b": "x", "c": "2024-01-01"}),
    ],
)
def test_json_and_toml_are_told_by_the_name(tmp_path: Path, name: str, text: str, expected: dict[str, str]) -> None:
    (tmp_path / name).write_text(text)
    assert {key: entry.value for key, entry in read_values(str(tmp_path / name)).items()} == expected


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("x.env", b"A=1\nnothing\n", ":2: is not NAME=VALUE"),
        ("x.env", b"A=1\nA=2\n", ":2: A was given in"),
        ("x.env", b"A='1\n", ":1: the quote has no end"),
        ("x.env", b'A="\\q"\n', ":1: \\q means nothing"),
        ("x.env", b"A=1\nB=\xff\n", ":2: is not UTF-8"),
        ("x.json", b'{"a": 1,\n}', ":2: is not JSON"),
        ("x.json", b"[1]", ":1: is not one object"),
        ("x.json", b'{"a": {"b": 1}}', "a is not one value"),
        ("x.toml", b"a = 1\nb =\n", ":2: is not TOML"),
        ("x.env", b"A=" + b"x" * 1_000_001, "is longer than"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError) as refused:
        read_values(str(tmp_path / name))
    assert reason in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_values(str(tmp_path / "none.env"))
