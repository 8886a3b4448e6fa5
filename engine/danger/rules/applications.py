"""Applications: their task runners, migrations, package scripts and control commands."""

from __future__ import annotations

from ..rule import Rule, Tool

RAILS = "rails|rake|bin/rails|bin/rake|gitlab-rake|./bin/rails|./bin/rake"
DJANGO = "manage.py|django-admin"
MAKE = "make|gmake|just|task|mage"
NPM = "npm|yarn|pnpm|bun"

TOOLS: tuple[Tool, ...] = (
    Tool(RAILS, "-e --environment -f --rakefile -R"),
    Tool("gitlab-backup|gitlab-runner|gitlab-rails", "-c --config --tail --url --token", has_verbs=True),
    Tool(DJANGO, "--settings --pythonpath --database -v --verbosity"),
    Tool("artisan", "--env --database --path --class"),
    Tool(
        "alembic|flyway|liquibase|knex|sequelize|prisma|goose|dbmate|sqitch|golang-migrate|atlas",
        "-c -x -n --name -path -database --url",
        has_verbs=True,
    ),
    Tool("wp|drush|occ|magento", "--path --url --user --format --fields --root --uri", has_verbs=True),
    Tool(MAKE, "-f -C -j -o -W --file --directory -d"),
    Tool(NPM, "--prefix -w --workspace --registry -C --filter"),
    Tool(
        "airflow|dbt|dagster|prefect|spark-submit|flink|jenkins-cli|sentry|sentry-cli|superset|celery|temporal|tctl|camunda|nifi",
        "--log-level --profiles-dir --project-dir --target --profile --vars --threads -s --server -c --conf -n --namespace --address --ns -A --app -q --queue --dag-id -S --subdir --deploy-mode --master",
        has_verbs=True,
    ),
    Tool(
        "mix|go|cargo|mvn|gradle|gradlew|./gradlew|sbt|composer|bundle|bundler|dotnet|ant|tox|nox|pytest|hugo|jekyll",
        "-C --manifest-path -f -P -p --project",
        has_verbs=True,
    ),
    Tool(
        "iotedge|spruce|odf|gds|ie|runme|mage-ai|ckan|mastodon|tootctl|synapse_port_db|matrix-admin|discourse|n8n|strapi|ghost",
        "-c --config -n --name",
        has_verbs=True,
    ),
    Tool("k6|wrk|hey|vegeta|siege|locust|jmeter|sysbench|pgbench", "-c -n -t -d -u -f"),
)

# fmt: off
RULES: tuple[Rule, ...] = (
    # rails and rake
    Rule(RAILS, "db:drop*|db:reset*|db:purge*|db:schema:load*|db:structure:load*|db:migrate:reset*|db:truncate*|tmp:clear:all|gitlab:setup|*:destroy*|*:delete*|*:purge*|*:wipe*|*:drop*|*:remove*|gitlab:backup:restore*|*:restore*|*:reset*",
         "dangerous", "data_destruction", "drops, empties or writes over what the application keeps",
         yes=("rails db:reset RAILS_ENV=production", "bundle exec rake db:drop", "gitlab-rake gitlab:backup:restore BACKUP=1"), no=("rails db:migrate", "rake cache:clear")),
    Rule(RAILS, "-T|-P|--tasks|--prereqs", "safe", "read_only", "lists tasks", yes=("rake -T",), no=("rake deploy",)),
    Rule(RAILS, "-n|--dry-run", "safe", "dry_run", "only says which tasks would run", yes=("rake -n deploy",), no=("rake deploy",)),
    Rule(RAILS, "routes|about|stats|notes|middleware|time:zones*|db:version|db:migrate:status|db:abort_if_pending_migrations|*:check*|*:status*|*:list*|*:info*|*:env:info|*:show*|*:doctor*|initializers|zeitwerk:check|test|spec|lint",
         "safe", "read_only", "only reads or tests", yes=("rails db:migrate:status", "gitlab-rake gitlab:check SANITIZE=true"), no=("rails db:migrate",)),
    Rule(RAILS, "console|c|dbconsole|db|sandbox", "caution", "privilege", "opens a console on the application's data", yes=("rails console -e staging",), no=("rails routes",)),
    Rule(RAILS, "", "caution", "config_change", "runs a task of the application", yes=("bundle exec rails db:migrate", "rake assets:precompile"), no=("rake -T",)),
    Rule("gitlab-rails", "runner ... --dry-run", "safe", "dry_run", "the script is told to change nothing", yes=("gitlab-rails runner /tmp/check.rb Worker --dry-run",), no=("gitlab-rails runner /tmp/check.rb",)),
    Rule("gitlab-rails", "", "caution", "privilege", "runs code inside the application", yes=("gitlab-rails console", "gitlab-rails runner /tmp/fix.rb"), no=("gitlab-ctl status",)),
    Rule("gitlab-ctl", "uninstall|cleanse|remove-accounts|pg-upgrade|promote|promote-db|failover-pg|demote|revert-pg-upgrade", "dangerous", "availability", "takes over, or takes away, the services",
         yes=("gitlab-ctl promote",), no=("gitlab-ctl reconfigure",)),
    Rule("gitlab-ctl", "reconfigure|deploy-page|upgrade|set-*|registry-garbage-collect|renew-le-certs", "caution", "availability", "restarts services and writes their configuration",
         yes=("gitlab-ctl reconfigure",), no=("gitlab-ctl status",)),
    Rule("gitlab-backup", "restore", "dangerous", "data_destruction", "writes a backup over the live data", yes=("gitlab-backup restore BACKUP=1",), no=("gitlab-backup create",)),
    # django
    Rule(DJANGO, "flush|reset_db|sqlflush|delete_*|remove_*|purge_*|clear_*|drop_*|prune_*|reset_*", "dangerous", "data_destruction", "empties what the application keeps",
         yes=("python manage.py flush --no-input --database books", "./manage.py reset_db"), no=("python manage.py migrate", "python manage.py clearsessions")),
    Rule(DJANGO, "migrate zero|*zero", "dangerous", "data_destruction", "takes every migration back", id="django-migrate-zero", yes=("manage.py migrate zero",), no=("manage.py migrate orders",)),
    Rule(DJANGO, "migrate * zero", "dangerous", "data_destruction", "takes every migration of an application back", yes=("python manage.py migrate orders zero",), no=("python manage.py migrate orders 0002",)),
    Rule(DJANGO, "migrate --plan|--check", "safe", "dry_run", "only says which migrations would run", yes=("python manage.py migrate --plan",), no=("python manage.py migrate",)),
    Rule(DJANGO, "showmigrations|check|diffsettings|sqlmigrate|inspectdb|show_urls|version|test|help|validate_templates|dumpdata|print_settings|sqldiff", "safe", "read_only", "only reads",
         yes=("python manage.py showmigrations", "./manage.py check --deploy"), no=("python manage.py migrate",)),
    Rule(DJANGO, "dbshell|shell|shell_plus", "caution", "privilege", "opens a console on the application's data", yes=("python manage.py shell",), no=("python manage.py check",)),
    Rule(DJANGO, "migrate", "caution", "config_change", "changes the schema", dry_run="+--plan", yes=("python manage.py migrate orders",), no=("python manage.py showmigrations",)),
    Rule(DJANGO, "", "caution", "config_change", "runs a command of the application", yes=("python manage.py collectstatic",), no=("python manage.py check",)),
    # laravel and the migration tools
    Rule("artisan", "migrate:fresh|migrate:reset|migrate:refresh|db:wipe|*:flush|*:purge|queue:flush|queue:clear|telescope:clear|down", "dangerous", "data_destruction", "empties what the application keeps, or takes it down",
         yes=("php artisan migrate:fresh --force", "php artisan down"), no=("php artisan migrate",)),
    Rule("artisan", "migrate:status|route:list|about|list|env|queue:failed|schedule:list|*:show|*:list|*:status|inspire|model:show|db:show", "safe", "read_only", "only reads", yes=("php artisan migrate:status",), no=("php artisan migrate",)),
    Rule("artisan", "... --pretend", "safe", "dry_run", "only prints the statements", yes=("php artisan migrate --pretend",), no=("php artisan migrate --force",)),
    Rule("artisan", "", "caution", "config_change", "runs a command of the application", yes=("php artisan migrate --force", "php artisan cache:clear"), no=("php artisan route:list",)),
    Rule("alembic", "downgrade base", "dangerous", "data_destruction", "takes every migration back", yes=("alembic downgrade base",), no=("alembic downgrade -1",)),
    Rule("alembic", "... --sql", "safe", "dry_run", "only prints the statements", yes=("alembic upgrade head --sql",), no=("alembic upgrade head",)),
    Rule("alembic", "current|history|heads|branches|show|check|list_templates", "safe", "read_only", "only reads", yes=("alembic current",), no=("alembic upgrade head",)),
    Rule("alembic", "upgrade|downgrade|stamp|revision|merge|edit|init", "caution", "config_change", "changes the schema or its history", yes=("alembic upgrade head", "alembic downgrade -1"), no=("alembic history",)),
    Rule("flyway", "... clean|undo", "dangerous", "data_destruction", "drops every object of the schema, or takes migrations back", yes=("flyway clean", "flyway -url=jdbc:x clean"), no=("flyway info",)),
    Rule("flyway", "info|validate|check", "safe", "read_only", "only reads", yes=("flyway info",), no=("flyway migrate",)),
    Rule("liquibase", "... drop-all|dropAll|rollback|rollback-count|rollback-to-date|rollbackCount", "dangerous", "data_destruction", "drops or takes back what the changelog made", yes=("liquibase drop-all", "liquibase rollback v1"), no=("liquibase update",)),
    Rule("liquibase", "... update-sql|updateSQL|status|validate|history|diff|rollback-sql|future-rollback-sql|changelog-sync-sql|db-doc|snapshot", "safe", "dry_run", "only prints the statements or reads",
         yes=("liquibase update-sql", "liquibase status"), no=("liquibase update",)),
    Rule("liquibase", "... update|changelog-sync|tag|clear-checksums|release-locks", "caution", "config_change", "changes the schema", dry_run="update=>update-sql", yes=("liquibase --changelog-file=c.xml update",), no=("liquibase status",)),
    Rule("prisma", "migrate reset", "dangerous", "data_destruction", "drops the database and makes it again", yes=("npx prisma migrate reset --force",), no=("npx prisma migrate deploy",)),
    Rule("prisma", "db push --accept-data-loss|--force-reset", "dangerous", "data_destruction", "changes the schema and lets data go", yes=("prisma db push --accept-data-loss",), no=("prisma db push",)),
    Rule("prisma", "migrate status|diff", "safe", "read_only", "only reads", yes=("prisma migrate status",), no=("prisma migrate deploy",)),
    Rule("knex|sequelize", "migrate:rollback|db:migrate:undo|db:migrate:undo:all|db:drop", "dangerous", "data_destruction", "takes migrations back", yes=("knex migrate:rollback --all", "sequelize db:migrate:undo:all"), no=("knex migrate:latest",)),
    Rule("dbmate|goose|golang-migrate", "down|down-to|reset|drop|redo|rollback", "dangerous", "data_destruction", "takes migrations back", yes=("goose down", "dbmate drop"), no=("dbmate up",)),
    Rule("wp", "db reset|drop|clean", "dangerous", "data_destruction", "empties the site's database", yes=("wp db reset --yes",), no=("wp db check",)),
    Rule("wp", "search-replace --dry-run", "safe", "dry_run", "only counts what it would replace", yes=("wp search-replace a b --dry-run",), no=("wp search-replace a b",)),
    Rule("wp", "search-replace", "caution", "config_change", "replaces text all over the database", dry_run="+--dry-run", yes=("wp search-replace a.example b.example",), no=("wp search-replace a b --dry-run",)),
    Rule("drush", "sql-drop|sql:drop|site-install|site:install|pm-uninstall|pm:uninstall|sql-sync|sql:sync", "dangerous", "data_destruction", "empties or writes over the site's database", yes=("drush sql-drop -y", "drush sql:sync @prod @self"), no=("drush status",)),
    # make and its like
    Rule(MAKE, "-n|--dry-run|--just-print|--recon|-q|--question", "safe", "dry_run", "only prints what it would run; lines with + run all the same",
         yes=("make -n deploy ENV=eu",), no=("make deploy",)),
    Rule("just|task|mage", "--list|-l|--summary|--show", "safe", "read_only", "lists recipes", yes=("just --list",), no=("just deploy",)),
    Rule(MAKE, "... destroy*|*-destroy|reset*|*-reset|wipe*|nuke*|purge*|drop*|*-drop|teardown*|tear-down*|undeploy*|uninstall*|delete*|*-delete|down|stop|*-down|*-teardown|clean-all|distclean|mrproper|rollback",
         "dangerous", "opaque", "the name of the target says that it takes something away", dry_run="+-n", grade="approximate", note="lines with + or $(MAKE) still run",
         yes=("make destroy ENV=prod", "make -C infra cluster-destroy"), no=("make build",)),
    Rule(MAKE, "... help|list|lint|test|check|fmt-check|version|status|plan|validate|diff|show|ps|logs $", "caution", "opaque", "the target's name says that it only looks, and its recipe is not read here", dry_run="+-n", grade="approximate", note="lines with + or $(MAKE) still run", id="make-looks",
         yes=("make test", "make help"), no=("make deploy",)),
    Rule(MAKE, "", "caution", "opaque", "runs a recipe that is not read here", dry_run="+-n", grade="approximate", note="lines with + or $(MAKE) still run", yes=("make deploy ENV=prod", "make"), no=("make -n deploy",)),
    # package scripts
    Rule(NPM, "ls|list|la|ll|view|info|show|outdated|why|explain|doctor|ping|whoami|config-list|root|prefix|bin|pack-list|search|licenses|fund", "safe", "read_only", "only reads",
         yes=("npm ls --depth=0", "yarn why lodash", "npm outdated"), no=("npm audit fix", "npm install")),
    Rule(NPM, "audit !fix", "safe", "read_only", "only reads", yes=("npm audit --production",), no=("npm audit fix",)),
    Rule(NPM, "publish|install|i|ci|update|uninstall|pack|dedupe|prune|version --dry-run", "safe", "dry_run", "only says what it would do", yes=("npm publish --dry-run",), no=("npm publish",)),
    Rule(NPM, "unpublish|deprecate|owner|access|token", "dangerous", "irreversible", "takes a published package or an access away", yes=("npm unpublish shop@1.2.3",), no=("npm publish",)),
    Rule(NPM, "run|run-script|exec|x|start|restart|dlx ... *destroy*|*reset*|*drop*|*wipe*|*purge*|*teardown*|*delete*", "dangerous", "opaque", "the name of the script says that it takes something away", yes=("npm run db:reset",), no=("npm run build",)),
    Rule(NPM, "", "caution", "config_change", "installs packages or runs a script of the project", yes=("npm ci", "yarn install", "npm run build", "npm audit fix"), no=("npm ls",)),
    # builders, schedulers, load
    Rule("go|cargo", "version|env|list|vet|doc|test|check|tree|metadata|search|bench|clippy|mod-graph", "safe", "read_only", "only reads or tests", yes=("go version", "cargo tree"), no=("go install x",)),
    Rule("go|cargo|mvn|gradle|gradlew|./gradlew|sbt|dotnet|ant|mix|composer|bundle|bundler", "", "caution", "config_change", "builds or installs", yes=("go build ./...", "bundle install", "mvn package"), no=("go version",)),
    Rule("airflow", "dags delete|clear", "dangerous", "data_destruction", "deletes a workflow's history", yes=("airflow dags delete orders",), no=("airflow dags list",)),
    Rule("airflow", "db reset|clean|downgrade", "dangerous", "data_destruction", "empties the scheduler's database", yes=("airflow db reset -y",), no=("airflow db check",)),
    Rule("airflow", "db check|check-migrations", "safe", "read_only", "only reads", yes=("airflow db check",), no=("airflow db migrate",)),
    Rule("dbt", "run|build|snapshot|seed --full-refresh", "dangerous", "data_destruction", "drops the tables and makes them again", yes=("dbt run --full-refresh",), no=("dbt run",)),
    Rule("dbt", "run|build|snapshot|seed|run-operation|deps|clone", "caution", "config_change", "writes tables", yes=("dbt run --select orders",), no=("dbt ls",)),
    Rule("dbt", "compile|ls|list|debug|parse|docs|source|show|test", "safe", "read_only", "only reads or compiles", yes=("dbt ls", "dbt test"), no=("dbt run",)),
    Rule("celery", "... purge|amqp", "dangerous", "data_destruction", "empties the queues", yes=("celery -A shop purge -f",), no=("celery -A shop status",)),
    Rule("celery", "... control ... shutdown|cancel_consumer|pool_shrink|revoke", "dangerous", "availability", "stops workers or drops tasks", yes=("celery -A shop control shutdown",), no=("celery -A shop inspect ping",)),
    Rule("celery", "... inspect|status|report|events|list", "safe", "read_only", "only reads", yes=("celery -A shop inspect active",), no=("celery -A shop purge",)),
    Rule("celery", "... worker|beat|control|call|multi|migrate|upgrade", "caution", "config_change", "starts or steers workers", yes=("celery -A shop worker",), no=("celery -A shop status",)),
    Rule("k6|wrk|hey|vegeta|siege|locust|jmeter|sysbench|pgbench", "", "caution", "availability", "puts load on something", yes=("k6 run load.js", "wrk -t2 http://shop.example/"), no=("curl http://shop.example/",)),
)
# fmt: on
