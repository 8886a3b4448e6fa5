"""Where one statement ends and another begins without a semicolon: T-SQL, blocks of code, and a forgotten `;`."""

from __future__ import annotations

from collections.abc import Iterator

from .part import Part

CONTROL = frozenset("IF ELSIF ELSEIF ELSE FOR FOREACH WHILE LOOP BEGIN DECLARE EXCEPTION WHEN REPEAT END THEN".split())  # noqa: SIM905
"""Verbs of blocks: behind them come conditions, and then statements."""
OPENERS = frozenset("THEN LOOP ELSE BEGIN DO TRY CATCH REPEAT IS AS".split())  # noqa: SIM905
VERBS = frozenset(
    """
    DROP TRUNCATE DELETE UPDATE ALTER EXEC EXECUTE KILL GRANT REVOKE INSERT RENAME DETACH MERGE REPLACE CREATE CALL
    PERFORM SHUTDOWN COPY VACUUM REINDEX LOCK RESET PURGE REFRESH RESTORE BACKUP DBCC SELECT WITH SET RAISE RETURN
    COMMIT ROLLBACK
    """.split()  # noqa: SIM905
)
"""What may begin a statement within a block."""
FOLLOWERS = frozenset({"DROP", "TRUNCATE", "DELETE", "UPDATE", "ALTER", "EXEC", "EXECUTE", "INSERT"})
NOT_BEFORE = frozenset(
    """
    ON FOR DO THEN KEY OF OR BEFORE AFTER INSTEAD , AS . GRANT REVOKE GRANTED CREATE ALTER NO ( FROM BY = WHERE AND
    NOT TO SELECT EXPLAIN ANALYZE IN LIKE WITH IS CASE WHEN ELSE
    """.split()  # noqa: SIM905
)
"""Behind these words a verb is no verb: `FOR UPDATE`, `ON DELETE`, `THEN DELETE`."""
UNDIVIDED = frozenset({"CREATE", "GRANT", "REVOKE", "COMMENT", "DENY", "AUDIT"})
WHOLE_THINGS = frozenset({"TABLE", "DATABASE", "SCHEMA", "USER", "ROLE"})
THINGS = WHOLE_THINGS | {"VIEW", "INDEX", "PROCEDURE", "FUNCTION", "LOGIN", "TRIGGER", "SEQUENCE", "TABLESPACE"}
CARRIERS = frozenset({"EXPLAIN", "DESCRIBE", "DESC", "PREPARE", "ANALYZE", "ANALYSE", "WITH", "PROFILE"})
"""They have a statement behind themselves, which is a part of them."""
CARRIED = FOLLOWERS | {"SELECT", "MERGE", "REPLACE", "VALUES"}


def segments(part: Part) -> Iterator[Part]:
    """One part for each statement."""
    if part.verb in UNDIVIDED:
        yield part
        return
    start, control, carries = 0, part.verb in CONTROL, part.verb in CARRIERS
    for place in part.level_places(1):
        word = part.word(place)
        if carries and word in CARRIED:
            carries = False
        elif (
            word == ";"
            or (control and _after_opener(part, place))
            or (word in FOLLOWERS and _begins(part, start, place))
        ):
            if place > start:
                yield part.between(start, place)
            start = place + (word == ";")
            control, carries = part.word(start) in CONTROL, part.word(start) in CARRIERS
    if start < len(part):
        yield part.since(start)


def _after_opener(part: Part, place: int) -> bool:
    return part.word(place) in VERBS | CONTROL and part.word(place - 1) in OPENERS and part.at(place).kind == "word"


def _begins(part: Part, start: int, place: int) -> bool:
    """Whether a statement begins here, by what stands before and behind."""
    verb, word, after = part.word(start), part.word(place), part.word(place + 1)
    if part.word(place - 1) in NOT_BEFORE or verb in UNDIVIDED:
        return False
    if word in ("DROP", "ALTER"):
        return after in (WHOLE_THINGS if verb == "ALTER" else THINGS)
    if word == "TRUNCATE":
        return after == "TABLE"
    if word in ("DELETE", "INSERT"):
        return verb != "MERGE" and after == ("FROM" if word == "DELETE" else "INTO")
    if word == "UPDATE":
        end = part.name_end(place + 1)
        return verb not in ("INSERT", "MERGE") and end is not None and "SET" in (part.word(end), part.word(end + 1))
    return verb != "CREATE" and part.at(place + 1).kind in ("word", "name", "string") and part.at(place - 1).word != ","
