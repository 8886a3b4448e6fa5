"""Frames between a host and its clients survive any cut, and nonsense is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import HostUnreachable
from engine.feed import OutputPiece
from engine.sessions.contract import TerminalMode
from engine.wire import Decoder, Keys, Message, encode

modes = st.builds(TerminalMode, st.booleans(), st.booleans(), st.booleans())
messages: st.SearchStrategy[Message] = st.one_of(
    st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=9), max_size=3),
    st.builds(OutputPiece, st.integers(0, 2**32 - 1), st.integers(0, 2**63), st.binary(max_size=50), modes),
    st.builds(Keys, st.binary(max_size=20)),
)


@given(st.lists(messages, max_size=6), st.integers(1, 40))
def test_messages_come_out_as_they_went_in_however_the_stream_is_cut(sent: list[Message], size: int) -> None:
    stream = b"".join(map(encode, sent))
    decoder = Decoder()
    portions = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert [message for portion in portions for message in decoder.feed(portion)] == sent


@pytest.mark.parametrize(
    "stream",
    [
        b"\xff\xff\xff\xffJ",
        b"\x00\x00\x00\x02Jxx",
        b"\x00\x00\x00\x02J[]",
        b"\x00\x00\x00\x01?x",
        b"\x00\x00\x00\x01Ox",
    ],
)
def test_what_is_no_frame_is_refused(stream: bytes) -> None:
    with pytest.raises(HostUnreachable, match="protocol"):
        list(Decoder().feed(stream))
