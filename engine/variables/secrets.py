"""Under which name a secret input lives in the shell's environment, so that a text can name it without holding it."""

from __future__ import annotations

import re
from zlib import crc32

PREFIX = "ONCUE_SECRET_"


def environment_name(input_name: str) -> str:
    """A name no other input has: `TOKEN` → `ONCUE_SECRET_TOKEN`, `api key` → `ONCUE_SECRET_api_key_3f1c09aa`."""
    plain = re.sub(r"\W", "_", input_name, flags=re.ASCII)
    return PREFIX + (plain if plain == input_name else f"{plain}_{crc32(input_name.encode()):08x}")
