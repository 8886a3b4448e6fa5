"""Actions on other keys; see `test_config_mistakes.py` for what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import _character_to_key

from engine.config.actions import ACTIONS, PLACES
from engine.config.finding import read_settings
from engine.config.key_names import ALONE, KNOWN, SAME, key_of, of_character, types
from engine.config.settings import Settings


def settings_of(home: Path, text: str, *, option: str = "") -> Settings:
    own = home / ".config" / "oncue" / "oncue.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(text)
    named = home / "named.toml"
    named.write_text(option)
    return read_settings({"HOME": str(home)}, None, config=str(named))


def test_an_action_gets_another_key_or_several(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, '[keys]\nnote = "F2"\nskip = ["S", "shift+ctrl+up", "?"]\nhelp = "f1"\n')
    assert settings.keys == {"note": "f2", "skip": "S,ctrl+shift+up,question_mark", "help": "f1"}


def test_actions_of_other_screens_are_written_as_a_table_or_in_quotes(tmp_path: Path) -> None:
    text = '[keys]\ngate.edit = "f4"\n"library.look" = "l"\n[keys.history]\nlook = "l"\n'
    assert settings_of(tmp_path, text).keys == {"gate.edit": "f4", "library.look": "l", "history.look": "l"}


def test_two_actions_may_change_their_keys(tmp_path: Path) -> None:
    assert settings_of(tmp_path, '[keys]\nskip = "n"\nnote = "s"\n').keys == {"skip": "n", "note": "s"}


def test_the_same_key_may_do_something_else_on_another_screen(tmp_path: Path) -> None:
    keys = settings_of(tmp_path, '[keys]\nnote = "f5"\noutput.wrap = "s"\n').keys
    assert keys == {"note": "f5", "output.wrap": "s"}


def test_a_file_named_on_the_command_line_outranks_ones_own(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        'theme = "oncue-light"\n[keys]\nnote = "f2"\nskip = "f3"\n',
        option='theme = "oncue-contrast"\nkeys.skip = "f4"\n',
    )
    assert (settings.theme, settings.keys) == ("oncue-contrast", {"note": "f2", "skip": "f4"})


def test_two_files_together_may_not_give_a_key_two_meanings(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"named\.toml:1: `keys\.skip` is 'f2', which is `keys\.note` too$"):
        settings_of(tmp_path, 'keys.note = "f2"\n', option='keys.skip = "f2"\n')


def test_settings_say_where_each_key_came_from(tmp_path: Path) -> None:
    values = settings_of(tmp_path, '[keys]\n\nnote = "f2"\n').values
    (value,) = [one for one in values if one.key == "keys.note"]
    assert (value.text, str(value.origin)) == ("f2", f"{tmp_path}/.config/oncue/oncue.toml:3")


def test_characters_are_called_as_textual_calls_them() -> None:
    printable = [chr(code) for code in range(0x21, 0x7F)] + ["ö", "§"]
    assert [of_character(one) for one in printable] == [_character_to_key(one) for one in printable]
    assert [key_of(one) for one in printable] == [_character_to_key(one) for one in printable]
    assert all(types(key_of(one)) for one in printable)


def test_every_key_with_a_name_is_one_that_textual_hears() -> None:
    heard = {
        getattr(key, "value", key) for keys in ANSI_SEQUENCES_KEYS.values() if isinstance(keys, tuple) for key in keys
    }
    named = [key for key in KNOWN if key in ALONE or ("+" in key and not key.startswith("alt+"))]
    assert [key for key in named if key not in heard and key not in ("shift+tab",)] == []
    assert SAME.keys().isdisjoint(KNOWN)


def test_what_is_built_in_would_be_accepted() -> None:
    for place in PLACES:
        keys = [key for joined in place.actions.values() for key in joined.split(",")]
        assert len(set(keys)) == len(keys)
        assert place.fixed.isdisjoint(keys)
        assert [key_of(key) for key in keys] == keys
    assert ACTIONS.keys() == {action for place in PLACES for action in place.actions}
