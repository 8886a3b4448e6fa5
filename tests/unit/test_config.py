"""Which files count, which saying wins, and what comes out of it; see `test_config_mistakes.py` for what goes wrong."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from engine.config.files import find_files
from engine.config.finding import read_settings, trail_named
from engine.config.secrets import Databases, without_secrets
from engine.config.settings import Settings
from engine.config.travel import from_json, to_json
from engine.danger import Policy, Surroundings, judge
from engine.errors import UsageError
from engine.parse import read_runbook


class House:
    """A user's home with a project in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.project_folder = home / "work" / "project"
        self.runbook = self.project_folder / "runbooks" / "redis.md"
        self.runbook.parent.mkdir(parents=True)
        self.environ = {"HOME": str(home)}

    def own(self, text: str) -> Path:
        return write(self.home / ".config" / "oncue" / "oncue.toml", text)

    def project(self, text: str) -> Path:
        return write(self.project_folder / "oncue.toml", text)

    def option(self, text: str) -> Path:
        return write(self.home / "option.toml", text)

    def read(
        self, *, option: Path | None = None, document: str = "", environment: str = "", **environ: str
    ) -> Settings:
        runbook = read_runbook("redis.md", document.encode()) if document else None
        options = {"environment": (environment, "--environment")} if environment else {}
        return read_settings(
            {**self.environ, **environ},
            self.runbook,
            runbook=runbook,
            config=str(option) if option else None,
            options=options,
        )


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def origins(settings: Settings, key: str) -> list[tuple[str, str]]:
    return [(value.text, str(value.origin)) for value in settings.values if value.key == key]


# Which files.


def test_without_any_file_everything_is_built_in(house: House) -> None:
    settings = house.read()
    assert settings.policy == Policy()
    assert (settings.step_timeout, settings.databases, settings.environment) == (None, {}, "")
    assert settings.sources == ()
    assert settings.record() == ()
    assert {str(value.origin) for value in settings.values} == {"built in"}


def test_the_nearest_project_file_counts_and_no_other(house: House) -> None:
    far = write(house.home / "work" / "oncue.toml", "")
    near = house.project("")
    assert [one.path for one in find_files(house.environ, house.runbook)] == [near]
    nearest = write(house.runbook.parent / "oncue.toml", "")
    assert [one.path for one in find_files(house.environ, house.runbook)] == [nearest]
    nearest.unlink()
    near.unlink()
    assert [one.path for one in find_files(house.environ, house.runbook)] == [far]


@pytest.mark.parametrize("mark", ["folder", "file"])
def test_the_search_ends_where_a_repository_does(house: House, mark: str) -> None:
    write(house.home / "work" / "oncue.toml", "")
    git = house.project_folder / ".git"
    git.mkdir() if mark == "folder" else git.write_text("gitdir: elsewhere\n")
    assert find_files(house.environ, house.runbook) == []
    near = house.project("")
    assert [one.path for one in find_files(house.environ, house.runbook)] == [near]


def test_the_search_ends_at_home(house: House) -> None:
    at_home = write(house.home / "oncue.toml", "")
    assert [one.path for one in find_files({"HOME": str(house.home / "work")}, house.runbook)] == []
    assert [one.path for one in find_files(house.environ, house.runbook)] == [at_home]


def test_a_relative_runbook_is_searched_from_where_it_lies(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    near = house.project("")
    monkeypatch.chdir(house.runbook.parent)
    assert [one.path for one in find_files(house.environ, Path("redis.md"))] == [near]
    assert [one.path for one in find_files(house.environ, Path("../runbooks/redis.md"))] == [near]


def test_the_own_file_lies_where_xdg_says_unless_that_is_no_absolute_path(house: House) -> None:
    own = house.own("")
    elsewhere = write(house.home / "xdg" / "oncue" / "oncue.toml", "")
    found = [one.path for one in find_files({**house.environ, "XDG_CONFIG_HOME": str(house.home / "xdg")}, None)]
    assert found == [elsewhere]
    for value in ("", "xdg", "./xdg"):
        assert [one.path for one in find_files({**house.environ, "XDG_CONFIG_HOME": value}, None)] == [own]
    assert find_files({}, None) == []


def test_one_file_is_read_once_and_as_the_most_trusted(house: House) -> None:
    own = house.own('environment = "production"\n')
    beside = read_settings(house.environ, own.parent / "runbook.md")
    assert [source.role for source in beside.sources] == ["own"]
    named = read_settings(house.environ, own.parent / "runbook.md", config=str(own))
    assert [source.role for source in named.sources] == ["option"]


def test_sources_tell_what_was_read(house: House) -> None:
    own, project = house.own("# own\n"), house.project("# project\n")
    assert [(one.path, one.role, one.sha256) for one in house.read().sources] == [
        (str(own), "own", sha256(b"# own\n").hexdigest()),
        (str(project), "project", sha256(b"# project\n").hexdigest()),
    ]


# Who wins.


def test_the_nearer_saying_wins(house: House) -> None:
    own, project = house.own('timeouts.step = "1m"\n'), house.project('\ntimeouts.step = "2m"\n')
    option = house.option('[timeouts]\nstep = "3m"\n')
    assert (house.read().step_timeout, origins(house.read(), "timeouts.step")) == (120, [("2m", f"{project}:2")])
    project.unlink()
    assert origins(house.read(), "timeouts.step") == [("1m", f"{own}:1")]
    house.project('timeouts.step = "2m"\n')
    assert origins(house.read(option=option), "timeouts.step") == [("3m", f"{option}:2")]
    assert origins(house.read(ONCUE_CONFIG=str(option)), "timeouts.step") == [("3m", f"{option}:2")]
    with_variable = house.read(option=option, ONCUE_STEP_TIMEOUT="4m")
    assert origins(with_variable, "timeouts.step") == [("4m", "ONCUE_STEP_TIMEOUT")]
    assert with_variable.step_timeout == 240
    assert house.read(ONCUE_STEP_TIMEOUT="").step_timeout == 120


def test_lists_and_names_add_up_over_files(house: House) -> None:
    own = house.own(
        'redaction.environment = ["A_*"]\n[databases]\norders = "sqlite:///own.db"\nusers = "sqlite:///u.db"\n'
    )
    project = house.project('redaction.environment = ["B_*"]\n[databases]\norders = "sqlite:///project.db"\n')
    settings = house.read()
    assert settings.secret_names == ("A_*", "B_*")
    assert settings.databases == {"orders": "sqlite:///project.db", "users": "sqlite:///u.db"}
    assert origins(settings, "databases.orders") == [("sqlite:///project.db", f"{project}:3")]
    assert origins(settings, "redaction.environment") == [("A_*", f"{own}:1"), ("B_*", f"{project}:1")]


def test_who_runs_decides_about_the_environment(house: House) -> None:
    house.project('environment = "production"\n[environments.staging]\n')
    assert house.read(environment="staging").environment == "staging"
    assert house.read(ONCUE_ENVIRONMENT="staging").environment == "staging"
    both = house.read(environment="production", ONCUE_ENVIRONMENT="staging")
    assert origins(both, "environment") == [("production", "--environment")]


STAGING = "---\nenvironment: staging\n---\n# T\n"
PRODUCTION = "---\ntitle: T\nenvironment: prod-eu\n---\n# T\n"


def test_of_several_environments_the_one_that_raises_most_counts(house: House) -> None:
    house.own("[environments.staging]\n")
    assert origins(house.read(document=PRODUCTION), "environment") == [("production", "redis.md:3")]
    assert house.read(document=STAGING).environment == "staging"
    project = house.project('environment = "production"\n')
    assert origins(house.read(document=STAGING), "environment") == [("production", f"{project}:1")]
    project.write_text('environment = "staging"\n')
    assert house.read(document=PRODUCTION).environment == "production"
    own = house.own('environment = "production"\n[environments.staging]\n')
    assert origins(house.read(), "environment") == [("production", f"{own}:1")]


def test_a_document_may_be_for_an_environment_that_nobody_described(house: House) -> None:
    assert house.read(document="---\nenvironment: laboratory\n---\n# T\n").environment == "laboratory"
    house.own('environment = "production"\n')
    assert house.read(document="---\nenvironment: laboratory\n---\n# T\n").environment == "production"
    assert house.read(document="---\nenvironment: [a, b]\n---\n# T\n").environment == "production"


# Danger.


def level(settings: Settings, text: str) -> str:
    return judge(text, "shell", Surroundings(settings.policy, environment=settings.environment)).level


def environment(settings: Settings) -> tuple[tuple[str, ...], dict[str, str]]:
    (production,) = [one for one in settings.policy.environments if one.name == "production"]
    return production.match, dict(production.raises)


def test_ones_own_environment_replaces_the_built_in_one_key_by_key(house: House) -> None:
    house.own('[environments.production]\nmatch = ["shop"]\n')
    assert environment(house.read()) == (("shop",), {"unknown": "caution"})
    house.own('[environments.production]\nraise = { safe = "unknown" }\n')
    assert environment(house.read()) == (Policy().environments[0].match, {"safe": "unknown"})


def test_a_projects_environment_only_adds(house: House) -> None:
    house.own('[environments.production]\nmatch = ["shop"]\nraise = { safe = "caution" }\n')
    house.project('[environments.production]\nmatch = ["till"]\nraise = { safe = "unknown", caution = "dangerous" }\n')
    settings = house.read()
    assert environment(settings) == (("shop", "till"), {"safe": "caution", "caution": "dangerous"})
    assert len(origins(settings, "environments.production.match")) == 2
    house.project("[environments.production]\nmatch = []\nraise = {}\n")
    assert environment(house.read()) == (("shop",), {"safe": "caution"})


def test_an_environment_raises_what_runs_there(house: House) -> None:
    house.own('[environments.production]\nraise = { unknown = "caution", caution = "dangerous" }\n')
    assert level(house.read(), "frobnicate") == "unknown"
    production = house.read(environment="production")
    assert [level(production, text) for text in ("frobnicate", "frobnicate restart")] == ["caution", "dangerous"]


RULE = '[[rules]]\ntool = "{}"\nlevel = "{}"\ncategory = "availability"\nwhy = "{}"\n'


def test_a_rule_of_ones_own_decides_and_says_where_it_stands(house: House) -> None:
    own = house.own("# ours\n" + RULE.format("shopctl", "dangerous", "stops the shop"))
    found = judge("shopctl --now", "shell", Surroundings(house.read().policy))
    assert (found.level, found.why, found.rule) == ("dangerous", "stops the shop", f"{own}:2")


def test_trusted_rows_come_before_a_projects_and_allowances_before_rules(house: House) -> None:
    house.project('[[allow]]\ntool = "c"\nreason = "project"\n' + RULE.format("d", "caution", "project"))
    house.own('[[allow]]\ntool = "a"\nreason = "own"\n' + RULE.format("b", "caution", "own"))
    option = house.option(RULE.format("o", "safe", "option"))
    rules = house.read(option=option).policy.rules
    assert [(rule.tool, rule.why) for rule in rules] == [
        ("o", "option"), ("a", "own"), ("b", "own"), ("c", "project"), ("d", "project"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["own", "option"])
def test_a_file_of_ones_own_allows_down_to_safe_and_its_reason_is_the_why(house: House, role: str) -> None:
    text = '[[allow]]\ntool = "shopctl"\nwhat = "delete cache"\nreason = "it refills"\nlevel = "safe"\n'
    assert level(house.read(), "shopctl delete cache") == "dangerous"
    settings = house.read(option=house.option(text)) if role == "option" else (house.own(text), house.read())[1]
    found = judge("shopctl delete cache", "shell", Surroundings(settings.policy))
    assert (found.level, found.why) == ("safe", "it refills")
    assert level(settings, "shopctl delete shop") == "dangerous"


def test_a_projects_file_allows_down_to_caution(house: House) -> None:
    house.project('[[allow]]\ntool = "shopctl"\nwhat = "delete cache"\nreason = "it refills"\n')
    found = judge("shopctl delete cache", "shell", Surroundings(house.read().policy))
    assert (found.level, found.why) == ("caution", "it refills")


def test_caution_is_what_an_allowance_gives_unless_it_says_safe(house: House) -> None:
    house.own('[[allow]]\ntool = "shopctl"\nreason = "ours"\n')
    assert level(house.read(), "shopctl delete shop") == "caution"


def test_an_alias_and_a_wrapper_of_ones_own_are_seen_through(house: House) -> None:
    assert level(house.read(), "kk get pods") == "unknown"
    house.own('wrappers = ["gds aws"]\n[aliases]\nkk = "kubectl"\n')
    settings = house.read()
    assert level(settings, "kk get pods") == "safe"
    assert level(settings, "kk delete namespace app") == "dangerous"
    assert level(settings, "gds aws app -- kubectl delete namespace app") == "dangerous"


def test_through_a_projects_words_a_verdict_rises_and_never_falls(house: House) -> None:
    house.project(
        'wrappers = ["gds aws", "shopctl"]\n'
        '[aliases]\nkk = "kubectl"\ncleanup = "ls"\nk = "ls"\nsudo = "ls"\nkubectl = "ls"\n'
    )
    settings = house.read()
    assert level(settings, "kk delete namespace app") == "dangerous"
    assert level(settings, "gds aws app -- kubectl delete namespace app") == "dangerous"
    assert level(settings, "shopctl delete ls") == "dangerous"
    assert level(settings, "sudo kubectl delete namespace app") == "dangerous"
    assert level(settings, "k delete namespace app") == "dangerous"
    assert level(settings, "kubectl delete namespace app") == "dangerous"
    assert level(settings, "cleanup") == "unknown"
    assert level(settings, "k get pods") == "safe"


def test_ones_own_word_stays_what_it_is_whatever_a_project_says(house: House) -> None:
    house.project('[aliases]\nkk = "ls"\n')
    house.own('[aliases]\nkk = "kubectl"\n')
    settings = house.read()
    assert settings.policy.aliases == {"kk": "kubectl"}
    assert level(settings, "kk get pods") == "safe"


# Databases.


def test_a_reference_is_filled_in_where_the_database_is_opened() -> None:
    urls = {
        "orders": "postgresql://app:${P}@db/orders",
        "users": "postgresql://${U}@db/users",
        "here": "sqlite:///a.db",
    }
    databases = Databases(urls, {"P": "a/b@c:d e%"}, {"written": "sqlite:///b.db"})
    assert databases["orders"] == "postgresql://app:a%2Fb%40c%3Ad%20e%25@db/orders"
    assert databases["here"] == "sqlite:///a.db"
    assert databases["written"] == "sqlite:///b.db"
    assert list(databases) == ["orders", "users", "here", "written"]
    with pytest.raises(UsageError, match=r"^database 'users' needs \$U, which is not set$"):
        databases["users"]


def test_a_document_gets_nothing_of_the_environment() -> None:
    databases = Databases({}, {"TOKEN": "t0k3n"}, {"orders": "postgresql://x:${TOKEN}@stranger.example/orders"})
    with pytest.raises(UsageError, match=r"^database 'orders' wants \$\{TOKEN\}, and a document gets nothing of your"):
        databases["orders"]


def test_a_variable_that_stands_for_a_password_is_secret_whatever_its_name(house: House) -> None:
    own = house.own('[databases]\na = "mysql://${USER}:${A}@db/o"\nb = "mysql://db/o?ssl_password=${B}&x=${C}"\n')
    settings = house.read()
    assert settings.secret_names == ("A", "B")
    assert origins(settings, "redaction.environment") == [("A", f"{own}:2"), ("B", f"{own}:3")]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///orders.db",
        "postgresql://app@db/orders",
        "postgresql://app:${P}@db:5432/orders?sslmode=require",
        "postgresql+psycopg://app:${A}${B}@db/orders",
        "mysql://db/o?password=${P}",
        "postgresql://app%24@db/orders?sslkey=/etc/key",
    ],
)
def test_a_url_without_a_secret_may_stand_in_a_file(house: House, url: str) -> None:
    house.own(f'[databases]\norders = "{url}"\ndefault = "orders"\n')
    assert (house.read().databases, house.read().default_database) == ({"orders": url}, "orders")


# The trail's place.


def test_the_trail_lies_where_ones_own_file_says_from_its_own_folder(house: House) -> None:
    assert trail_named(house.environ, None) is None
    own = house.own('[trail]\npath = "../audit.db"\n')
    assert trail_named(house.environ, None) == own.parent / "../audit.db"
    house.own('[trail]\npath = "/var/lib/oncue/audit.db"\n')
    assert trail_named(house.environ, None) == Path("/var/lib/oncue/audit.db")
    house.own('[trail]\npath = "~/audit.db"\n')
    assert trail_named(house.environ, None) == Path("~/audit.db").expanduser()


# Telling and travelling.


def full(house: House) -> Settings:
    house.own(
        'environment = "production"\nwrappers = ["gds aws"]\n[aliases]\nkk = "kubectl"\n'
        '[environments.x]\nmatch = ["x"]\n'
        'raise = { safe = "unknown" }\n[timeouts]\nstep = "1m"\ncontext = "2s"\nfrom = "3s"\n[databases]\n'
        'a = "sqlite:///a.db"\ndefault = "a"\n[redaction]\npatterns = [{ name = "n", pattern = "x+" }]\n'
        'environment = ["A"]\n' + RULE.format("t", "caution", "w") + 'yes = ["t x"]\n[trail]\npath = "t.db"\n'
    )
    house.project('[aliases]\nother = "kubectl"\n')
    return house.read(document=PRODUCTION, ONCUE_STEP_TIMEOUT="9s")


def test_settings_reach_the_host_as_they_are(house: House) -> None:
    settings = full(house)
    assert (settings.context_timeout, settings.value_timeout) == (2, 3)
    assert from_json(json.loads(json.dumps(to_json(settings)))) == settings
    assert from_json(to_json(Settings())) == Settings()


@pytest.mark.parametrize("value", [{"policy": {}}, {"x": 1}, {**to_json(Settings()), "x": 1}])
def test_settings_of_another_version_are_refused(value: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="these settings are not of this version"):
        from_json(value)


def test_the_record_holds_digests_and_everything_that_is_not_built_in(house: House) -> None:
    own = house.own('timeouts.step = "1m"\n[databases]\na = "mysql://u:${PW}@h/d"\n')
    settings = house.read(ONCUE_ENVIRONMENT="production", PW="geheim")
    assert settings.record() == (
        f"{own} sha256:{settings.sources[0].sha256}",
        "environment = production (ONCUE_ENVIRONMENT)",
        f"timeouts.step = 1m ({own}:1)",
        f"redaction.environment = PW ({own}:3)",
        f"databases.a = mysql://u:${{PW}}@h/d ({own}:3)",
    )
    assert "geheim" not in repr(settings)


def test_nothing_slow_is_imported_where_there_is_no_file() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from pathlib import Path; from engine.config.finding import read_settings;"
        "read_settings({'HOME': '/nowhere'}, Path('/nowhere/x.md'));"
        "print(sorted({'pydantic', 'tomllib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("sqlite:///a.db", "sqlite:///a.db"),
        ("postgresql://app@db/orders", "postgresql://app@db/orders"),
        ("postgresql://app:hunter2@db:5432/orders", "postgresql://app:***@db:5432/orders"),
        ("postgresql://app:${PW}@db/orders", "postgresql://app:${PW}@db/orders"),
        ("postgresql://app:a${PW}@db/orders", "postgresql://app:***@db/orders"),
        ("postgresql://app:p/w@db/orders", "postgresql://***"),
        ("postgresql://app:p?w@db/orders", "postgresql://***"),
        ("mysql://db/o?ssl_password=x&charset=utf8", "mysql://db/o?ssl_password=***&charset=utf8"),
        ("mysql://[db/o", "***"),
    ],
)
def test_a_url_is_kept_without_its_secrets(url: str, kept: str) -> None:
    assert without_secrets(url) == kept
