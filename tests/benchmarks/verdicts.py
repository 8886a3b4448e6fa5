"""What a verdict costs: `python tests/benchmarks/verdicts.py`.

Blocks of seven lines, each text judged once so that nothing is remembered; beside it the bare parse of the same text by
tree-sitter, which every verdict begins with. Processor time, so that what else the machine does is not counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.danger import judge  # noqa: E402
from engine.syntax.shell import parse  # noqa: E402

BUDGET = 0.3
BLOCKS = {
    "7 lines that look": """# What is wrong with it
kubectl -n shop get pods -o wide
kubectl -n shop describe deploy/web | grep -A5 Events
kubectl -n shop logs deploy/web --tail=100 | grep -i error
df -h /var/lib
free -m
systemctl status nginx
""",
    "7 lines that change": """set -eu
NS=shop
kubectl -n "$NS" scale deploy/web --replicas=4
kubectl -n "$NS" rollout status deploy/web
for pod in web-0 web-1; do
  kubectl -n "$NS" delete pod "$pod"
done
""",
    "7 lines elsewhere": """ssh ops@db-1 <<'END'
sudo systemctl stop postgresql
rm -rf /var/lib/postgresql/14/main/pg_wal/archive
END
psql -h db-2 -c "SELECT count(*) FROM orders"
redis-cli -h cache INFO memory
curl -fsS http://web/health
""",
}
SQL = "UPDATE orders SET state = 'held' WHERE state = 'new' AND created_at < now() - interval '1 day'"


def cost(text: str, work: Callable[[str], object], rounds: int) -> float:
    """Milliseconds, the median of so many."""
    taken: list[float] = []
    for number in range(rounds):
        changed = f"{text}\n# {number}" if text is not SQL else f"{text} -- {number}"
        begun = time.process_time()
        work(changed)
        taken.append(time.process_time() - begun)
    return statistics.median(taken) * 1000


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    rounds = 30 if parser.parse_args(arguments).quick else 2000
    print(f"{'text':24} {'a verdict':>12} {'bare parse':>12} {'ratio':>7}   budget {BUDGET} ms")
    for name, text in BLOCKS.items():
        judge(text, "shell")
        verdict, bare = cost(text, lambda one: judge(one, "shell"), rounds), cost(text, parse, rounds)
        print(f"{name:24} {verdict:9.3f} ms {bare:9.3f} ms {verdict / bare:6.1f} x")
    judge(SQL, "sql")
    print(f"{'one SQL statement':24} {cost(SQL, lambda one: judge(one, 'sql'), rounds):9.3f} ms")


if __name__ == "__main__":
    main()
