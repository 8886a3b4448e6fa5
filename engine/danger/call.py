"""One command with its arguments: through every wrapper to what really runs, and there to the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..expressions import expression
from ..levels import Level
from . import side_effects
from .carrying import carry
from .invocation import Invocation, Setting
from .memory import Here
from .options import CommandLine, take_apart
from .programs import download, is_unread, run_code, run_file
from .scripts import SCRIPTED, run_script
from .special import SPECIAL
from .stream import Stream
from .tables import Row, Tables
from .targets import target_of
from .verbs import FORCING, MILD, Said, verb_of
from .verdict import Category, Span, Verdict
from .words import HOLE, Arg

if TYPE_CHECKING:
    from .walk import Walk

POSITIONAL = frozenset("@*123456789")
COMPLEX = expression(r"[;&|`\n<>()]|\$")
INIT_SCRIPT = expression(r"/etc/(?:rc\.d/init\.d|init\.d|rc\.d)/([\w@.-]+)\Z")
HELP = frozenset({"--help", "-help", "-?"})
HELPFUL = frozenset(
    """
    kubectl oc helm docker podman nerdctl gcloud az terraform tofu pulumi git gh glab argocd flux velero istioctl
    linkerd nomad vault consul eksctl kops etcdctl doctl flyctl cf heroku kustomize kubeadm cilium rclone restic
    promtool amtool
    """.split()  # noqa: SIM905
)
"""Tools whose `--help` prints the help wherever it stands."""
VERSION = frozenset({"--version", "-version", "-V"})
DEEPEST = 24
"""Wrappers around wrappers."""


class Found(NamedTuple):
    """A verdict on some words, and what decided it."""

    verdict: Verdict
    row: Row | None = None
    args: tuple[Arg, ...] = ()
    left: tuple[Arg, ...] = ()
    """Operands behind those the row's pattern took."""
    command: Span | None = None
    """The simple command, where it can be taken out of the judged text and run by itself."""


class Call:
    """Judges one command. What it finds goes to the walk."""

    def __init__(self, walk: Walk, here: Here, fed: Mapping[int, Stream], command: Span) -> None:
        self.walk = walk
        self.here = here
        self.shell, self.setting, self.frame = here
        self.fed = fed
        """Place of a word with a substitution → what that comes to."""
        self.command = command
        """The simple command it all stands in."""
        self.tables: Tables = walk.tables

    def run(self, args: Sequence[Arg]) -> None:
        name = args[0]
        tool = self.tables.name(name.value)
        if self.setting.depth > DEEPEST:
            self.say("unknown", "opaque", "too-deep", "commands within commands, too deep to be followed", args)
        elif HOLE in tool or not tool:
            self._nameless(args)
        elif tool in self.shell.functions or self._is_remembered(name.value):
            self._function(name.value, args)
        elif text := self._alias(name):
            self._expanded(text, name, args[1:])
        elif (length := self._wrapped(args)) is not None:
            self._wrapper(args, length)
        elif found := INIT_SCRIPT.match(name.value):
            self.again([name._replace(value="service"), name._replace(value=found[1]), *args[1:]])
        else:
            if self.tables.is_elsewhere(name.value) and self.tables.knows(tool):
                run_file(self, name, args)  # it may be anything under a good name
            self.as_tool(tool, args)

    def as_tool(self, tool: str, args: Sequence[Arg]) -> None:
        """By what is known of the tool: its odd line, the command inside it, its rows, its verb."""
        special = SPECIAL.get(tool)
        if (special is not None and special(self, args)) or carry(self, tool, args):
            return
        if tool in SCRIPTED and run_script(self, tool, args):
            return
        if not self.by_rule(tool, args):
            self._by_verb(tool, args)

    def again(self, args: Sequence[Arg], setting: Setting | None = None) -> None:
        """Another command in place of this one: a wrapper's, an alias's."""
        if args:
            self.at((setting or self.setting).deeper()).run(args)

    def at(self, setting: Setting) -> Call:
        """The same place in the text, elsewhere."""
        return Call(self.walk, self.here.reading(setting), self.fed, self.command)

    # Names that stand for something else.

    def _nameless(self, args: Sequence[Arg]) -> None:
        """Nobody knows which command it will be; what stands behind may be one (`$SUDO rm`)."""
        stream = self.fed.get(args[0].start)
        if stream is not None and stream.origin == "download":
            download(self, args)
            return
        self.say("unknown", "opaque", "unknown-name", "which command this runs is only known then", args[:1])
        maybe = self.shell.maybe.get(self.written(args[0]).strip('"${}'), "").split()
        if maybe and HOLE not in maybe[0]:
            self.again([*(Arg(word, args[0].start, args[0].end) for word in maybe), *args[1:]])
        if len(args) > 1 and self.tables.knows(self.tables.name(args[1].value)):
            self.again(args[1:])

    def _is_remembered(self, name: str) -> bool:
        """An earlier step made a function of it."""
        return name in self.walk.memory.functions and not self.shell.is_alone

    def _function(self, name: str, args: Sequence[Arg]) -> None:
        """Its body in this very shell, with the arguments in place. One that calls itself does nothing new."""
        shell = self.shell
        before = {each: value for each, value in shell.values.items() if each in POSITIONAL}
        outer, shell.outer = shell.outer, {}
        shell.give([arg.value for arg in args[1:]])
        bodies = shell.functions.pop(name, ())
        for body in bodies:
            self.walk.commands(body.commands, Here(shell, self.setting.deeper(), body.frame))
        if not bodies:
            span = self.frame.locate(args[0].start, args[0].end)
            text = self.walk.memory.functions[name]
            self.walk.script(text, shell, self.setting.deeper(), lambda _start, _end: span)
        for each in POSITIONAL:
            shell.values.pop(each, None)
        shell.values |= before
        shell.leave(outer)
        if bodies and name not in shell.functions:
            shell.functions[name] = bodies

    def _alias(self, name: Arg) -> str:
        """The shell's own, or one that is configured; `./k` is a file and no alias."""
        known = self.shell.aliases.get(name.value)
        text = known if known is not None else " ".join(self.tables.aliases.get(name.value, ()))
        is_itself = text.split()[:1] == [name.value] and not COMPLEX.search(text)
        return "" if is_itself or (known is None and self.tables.knows(name.value)) else text

    def _expanded(self, text: str, name: Arg, args: Sequence[Arg]) -> None:
        """What an alias stands for: words, or commands of which the last one gets the arguments."""
        maybe = self.shell.maybe.get(f"alias {name.value}", HOLE) if text == HOLE else HOLE
        if HOLE not in maybe:
            self._expanded(maybe, name, args)
        if text == HOLE and self.tables.knows(tool := self.tables.name(name.value)):
            self.as_tool(tool, [name, *args])
        if COMPLEX.search(text):
            span = self.frame.locate(name.start, name.end)
            shell = self.shell.copy()
            shell.aliases.pop(name.value, None)
            self.walk.script(text, shell, self.setting.deeper(), lambda _start, _end: span)
        else:
            self.again([*(Arg(word, name.start, name.end) for word in text.split()), *args])

    def _wrapped(self, args: Sequence[Arg]) -> int | None:
        """How many words of a configured wrapper the command begins with."""
        values = [arg.value for arg in args]
        return next((len(words) for words in self.tables.wrappers if values[: len(words)] == list(words)), None)

    def _wrapper(self, args: Sequence[Arg], length: int) -> None:
        """The command behind it is what stands behind `--`, or the first word that names a known tool."""
        values = [arg.value for arg in args]
        behind = [values.index("--", length) + 1] if "--" in values[length:] else []
        named = [place for place in range(length, len(args)) if self.tables.knows(self.tables.name(values[place]))]
        for place in (behind or named)[:1]:
            self.again(args[place:])
            return
        self.say("unknown", "opaque", "wrapper", "what this wrapper runs is not understood", args)

    # Rows and verbs.

    def by_rule(self, tool: str, args: Sequence[Arg]) -> bool:
        invocation = self._taken_apart(tool, args)
        if self.tables.ships(tool) and _asks_for_help(invocation):
            self.say("safe", "mention", "help", "only prints its help or version", args)
            return True
        first = invocation.operands[0].value if invocation.operands else None
        for row in self.tables.rows(tool):
            if row.pattern.first is not None and first not in row.pattern.first:
                continue
            taken = row.pattern.match(invocation)
            if taken is not None:
                rule = row.rule
                if rule.level == "safe" and self._has_side_effects(invocation, args, named=bool(rule.what)):
                    return True
                target = target_of(invocation, taken) if rule.level != "safe" else ""
                left = tuple(invocation.operands[taken:])
                self.say(rule.level, rule.category, row.id, rule.why, args, target=target, row=row, left=left)
                return True
        return False

    def _has_side_effects(self, invocation: Invocation, args: Sequence[Arg], *, named: bool) -> bool:
        """`named`: the row says which form of the command it is about, and so which options it takes."""
        if not side_effects.may_have_any(invocation):
            return False
        found = side_effects.run(invocation)
        if found is not None:
            name, arg = found
            run_code(self, "shell", arg.value, arg, self.setting.deeper())
            self.say("caution", "opaque", "option-runs", f"{name} runs another command", args)
            return True
        name = "" if named else side_effects.written(invocation)
        if name:
            self.say("caution", "config_change", "option-writes", f"{name} writes a file", args)
        return bool(name)

    def _by_verb(self, tool: str, args: Sequence[Arg]) -> None:
        """No row knows this line: its verb decides, as far as the tool's words mean what they say."""
        if is_unread(self, tool, args[0]):
            run_file(self, args[0], args)
            return
        has_verbs = self.tables.tool(tool).has_verbs
        invocation = self._taken_apart(tool, args)
        said = verb_of([arg.value for arg in invocation.line.operands])
        forced = any(option.name in FORCING for option in invocation.options)
        if said is not None and said.level != "safe":
            self._by_changing_verb(said, invocation, args)
        elif said is not None and has_verbs and not forced:
            self.say("safe", "read_only", f"verb-{said.verb}", f"{tool} {said.word}: only reads", args)
        elif behind := self._behind_dashes(invocation):
            self.say("unknown", "opaque", "unknown-command", f"what {tool} does is not known", args)
            self.again(behind)
        elif forced:
            self.say("caution", "opaque", "forced", f"{tool} is told not to ask back", args)
        else:
            self.say("unknown", "opaque", "unknown-command", f"what {tool} does is not known", args)

    def _behind_dashes(self, invocation: Invocation) -> Sequence[Arg]:
        """`wrapper … -- known-command …`: a wrapper nobody knows runs what stands there."""
        rest = invocation.line.rest
        return rest if rest and self.tables.knows(self.tables.name(rest[0].value)) else ()

    def _by_changing_verb(self, said: Said, invocation: Invocation, args: Sequence[Arg]) -> None:
        tool = invocation.tool
        mild = not self.tables.tool(tool).has_verbs and said.verb in MILD
        if said.level == "dangerous" and not mild:
            target = target_of(invocation, said.place + 1)
            self.say(
                "dangerous",
                said.category,
                f"verb-{said.verb}",
                f"{tool} {said.word}: takes something away",
                args,
                target=target,
            )
        else:
            why = f"{tool} {said.word}: changes something"
            target = target_of(invocation, said.place + 1)
            self.say("caution", said.category, f"verb-{said.verb}", why, args, target=target)

    def _taken_apart(self, tool: str, args: Sequence[Arg]) -> Invocation:
        about = self.tables.tool(tool)
        line = take_apart(args[1:], about.valued_options, long_dash=about.long_dash)
        return self.invocation(tool, args, line)

    def invocation(self, tool: str, args: Sequence[Arg], line: CommandLine) -> Invocation:
        return Invocation(tool, args[0], tuple(args[1:]), line, self.setting, self.frame.text, self.shell.directory)

    # What is said.

    def written(self, arg: Arg) -> str:
        return self.frame.text[arg.start : arg.end]

    def place(self, args: Sequence[Arg]) -> str:
        return self.setting.host or self.written(args[0]) or args[0].value

    def say(
        self,
        level: Level,
        category: Category,
        rule: str,
        why: str,
        args: Sequence[Arg],
        *,
        target: str = "",
        row: Row | None = None,
        left: tuple[Arg, ...] = (),
    ) -> None:
        """A verdict on these words, raised where they name an environment that weighs more."""
        span = self.frame.locate(args[0].start, max(arg.end for arg in args))
        words = (*(arg.value for arg in args), self.setting.host)
        level, environment = self.walk.environments.raised(level, words)
        why = f"{why} (in {environment})" if environment else why
        target = (target or self.place(args)) if level == "dangerous" else ""
        verdict = Verdict(level, category, rule, why, span, target)
        self.walk.found.append(Found(verdict, row, tuple(args), left, self.command if self._stands_alone() else None))

    def _stands_alone(self) -> bool:
        """It reads no pipe, is in no loop, and stands in the judged text itself."""
        return self.frame.is_whole and self.setting.stdin is None and not self.setting.is_bulk and not self.setting.host


def _asks_for_help(invocation: Invocation) -> bool:
    """`--version` only where it stands alone: with many tools it is an option that takes a value."""
    alone = len(invocation.args) == 1 and invocation.args[0].value in VERSION
    asked = any(option.name in HELP and option.value is None for option in invocation.options)
    return alone or (asked and (len(invocation.args) == 1 or invocation.tool in HELPFUL))
