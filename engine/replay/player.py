"""Where the playing stands: play, pause, speed, pauses cut, jumps. Its clock is whoever asks. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from .pace import Gap, Pace

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)


class Player:
    """Every method takes the time it is called at, in nanoseconds of one clock that never runs backwards."""

    def __init__(
        self, gaps: Sequence[Gap], duration_us: int, *, speed: float = 1.0, idle_us: int | None = None, at_us: int = 0
    ) -> None:
        self.is_playing = False
        self.speed = speed
        self._gaps = gaps
        self._duration_us = duration_us
        self.pace = Pace(gaps, duration_us, idle_us)
        self._at_us = min(max(0, at_us), duration_us)
        """The moment at `_since`; while nothing plays, the moment."""
        self._since = 0

    def moment(self, now_ns: int) -> int:
        """Which moment of the run is on, in microseconds. At the end the playing stops."""
        if not self.is_playing:
            return self._at_us
        played = self.pace.played(self._at_us) + int((now_ns - self._since) * self.speed) // 1000
        if played >= self.pace.length:
            self.is_playing, self._at_us = False, self._duration_us
            return self._duration_us
        return max(self._at_us, self.pace.moment(played))

    def is_at_end(self, now_ns: int) -> bool:
        return self.moment(now_ns) >= self._duration_us

    def play(self, now_ns: int) -> None:
        """From the beginning, where the end has been reached."""
        self._stand(0 if self.is_at_end(now_ns) else self.moment(now_ns), now_ns)
        self.is_playing = self._duration_us > 0

    def pause(self, now_ns: int) -> None:
        self._stand(self.moment(now_ns), now_ns)
        self.is_playing = False

    def seek(self, at_us: int, now_ns: int) -> None:
        """What plays goes on playing from there."""
        self._stand(at_us, now_ns)

    def step_by(self, by_us: int, now_ns: int) -> None:
        """In playing time: a pause that is cut is as long as it looks."""
        self._stand(self.pace.moment(self.pace.played(self.moment(now_ns)) + by_us), now_ns)

    def change_speed(self, speed: float, now_ns: int) -> None:
        self._stand(self.moment(now_ns), now_ns)
        self.speed = speed

    def faster(self, now_ns: int) -> None:
        self.change_speed(next((one for one in SPEEDS if one > self.speed), self.speed), now_ns)

    def slower(self, now_ns: int) -> None:
        self.change_speed(next((one for one in reversed(SPEEDS) if one < self.speed), self.speed), now_ns)

    def cut(self, idle_us: int | None, now_ns: int) -> None:
        """Gaps longer than that count as that; None leaves them as they were."""
        self._stand(self.moment(now_ns), now_ns)
        self.pace = Pace(self._gaps, self._duration_us, idle_us)

    def ns_until(self, at_us: int, now_ns: int) -> int:
        """How long it is until a moment comes on, while it plays."""
        return int((self.pace.played(at_us) - self.pace.played(self.moment(now_ns))) * 1000 / self.speed)

    def _stand(self, at_us: int, now_ns: int) -> None:
        self._at_us, self._since = min(max(0, at_us), self._duration_us), now_ns
