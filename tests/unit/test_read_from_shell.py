"""Which variables a text finds in its shell."""

from __future__ import annotations

import pytest

from engine.variables import read_from_shell


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("kubectl -n $NS get pods", ("NS",)),
        ('rm -rf "${DIR}/spool" $NS "$DIR"', ("DIR", "NS")),
        ("NS=prod; echo $NS", ()),
        ("export NS=$(cut -d: -f1 <<< $LINE); echo $NS", ("LINE",)),
        ("echo ${NS:-default} ${DIR:?needed}", ()),
        ("for POD in $PODS; do echo $POD; done", ("PODS",)),
        ("echo $HOME $USER $1 $? $$", ()),
        ("echo '$NS' \\$NS", ()),
        ("cat <<END\n$NS\nEND", ("NS",)),
        ("cat <<'END'\n$NS\nEND", ()),
        ("read -r NS; echo $NS", ()),
        ("echo", ()),
        ("ls -d /srv && rm -r $_", ()),
        ("source env.sh; echo $NS", ()),
        ('eval "$(ssh-agent)"; echo $SSH_AGENT_PID', ()),
    ],
)
def test_it_reads(text: str, names: tuple[str, ...]) -> None:
    assert read_from_shell(text) == names
