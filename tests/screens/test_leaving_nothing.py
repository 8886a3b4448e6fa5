"""What a cockpit keeps of a run that it has left."""

from __future__ import annotations

from pathlib import Path

from support.cockpit import Desk, cockpit

DOCUMENT = "# Look around\n\n## Look\n\n```bash\ndf -h\n```\n"


async def test_a_run_that_was_left_holds_no_descriptor(tmp_path: Path) -> None:
    async def come_and_go(name: str) -> int:
        folder = tmp_path / name
        folder.mkdir()
        desk = Desk(folder, DOCUMENT)
        async with cockpit(desk) as one:
            await one.press("down")
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    before = await come_and_go("first")
    assert await come_and_go("second") == before
