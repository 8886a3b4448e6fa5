"""Under which name a secret input lives in the shell's environment, so that a text can name it without holding it.

From there it reaches the commands of every later step. A command that is given it as an argument shows it to whoever
lists processes (`ps`); `fill` warns of that.
"""

from __future__ import annotations

import re
from zlib import crc32

from ..model import Variable
from .values import is_identifier

PREFIX = "ONCUE_SECRET_"


def reference_name(variable: Variable) -> str:
    """`$TOKEN` keeps its name; `{{TOKEN}}` → `ONCUE_SECRET_TOKEN`, `<api key>` → `ONCUE_SECRET_api_key_3f1c09aa`."""
    name = variable.name
    if variable.style == "dollar" and is_identifier(name):
        return name
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    return PREFIX + (plain if plain == name else f"{plain}_{crc32(name.encode()):08x}")
