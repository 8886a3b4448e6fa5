"""Variables and places through which a shell runs something by itself, later."""

from __future__ import annotations

from ..expressions import expression

HIJACKING = frozenset({"LD_PRELOAD", "BASH_ENV", "ENV", "PROMPT_COMMAND", "PS0"})
"""Variables through which a later harmless command runs something else."""
PROMPTS = frozenset({"PS0", "PS1", "PS2", "PS4"})
"""Variables in which substitutions run whenever the shell shows them."""
SUBSCRIPT = expression(r"\[[^\]]*(?:\$\(|`)")
"""In an arithmetic context a subscript is evaluated, and what stands in it runs (Bash manual, Arrays)."""
STANDARD_PATH = expression(r"(?:/usr(?:/local)?/s?bin|/s?bin|/opt/[\w./-]+/s?bin|:|~?/[\w./-]*s?bin)+\Z")
CALLED = frozenset(
    """
    GIT_SSH_COMMAND GIT_SSH GIT_PAGER GIT_EXTERNAL_DIFF GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_ASKPASS
    GIT_PROXY_COMMAND PAGER MANPAGER PSQL_PAGER AWS_PAGER SYSTEMD_PAGER BAT_PAGER KUBECTL_EXTERNAL_DIFF
    KUBE_EDITOR EDITOR VISUAL PSQL_EDITOR LESSOPEN LESSCLOSE SUDO_EDITOR BROWSER SSH_ASKPASS SUDO_ASKPASS
    RSYNC_RSH CVS_RSH TAR_OPTIONS FCEDIT
    """.split()  # noqa: SIM905
)
"""Variables that name a command for other programs to run."""
VIEWERS = expression(
    r"(?:(?:/usr)?/bin/)?(?:cat|less|more|most|bat|vi|vim|nvim|nano|emacs|code|true|diff|ssh|ba?sh|zsh)?(?:\s+-[\w=-]+)*\Z"
)
