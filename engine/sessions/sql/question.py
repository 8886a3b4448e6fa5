"""A password asked for while a step runs, typed as into a terminal that does not echo."""

from __future__ import annotations

import threading

ASKING_SECONDS = 120.0
"""After which nobody is taken to be there."""
ERASE = b"\x7f\x08"
END = b"\r\n"
GIVE_UP = b"\x03\x04"


class Question:
    def __init__(self) -> None:
        self.asked = ""
        """What is asked now; empty when nothing is."""
        self._typed = bytearray()
        self._answer: str | None = None
        self._answered = threading.Event()
        self._lock = threading.Lock()

    def ask(self, text: str) -> str | None:
        with self._lock:
            self._typed.clear()
            self._answer = None
            self._answered.clear()
            self.asked = text
        self._answered.wait(ASKING_SECONDS)
        with self._lock:
            self.asked = ""
            self._typed.clear()
            answer, self._answer = self._answer, None
        return answer

    def take(self, data: bytes) -> bool:
        """Whether it was for the question."""
        with self._lock:
            if not self.asked:
                return False
            for byte in data:
                if not self._answered.is_set():
                    self._take_key(byte)
            return True

    def give_up(self) -> None:
        with self._lock:
            if self.asked:
                self._answered.set()

    def _take_key(self, byte: int) -> None:
        if byte in END:
            self._answer = self._typed.decode(errors="surrogateescape")
            self._answered.set()
        elif byte in GIVE_UP:
            self._answered.set()
        elif byte in ERASE:
            del self._typed[-1:]
        else:
            self._typed.append(byte)
