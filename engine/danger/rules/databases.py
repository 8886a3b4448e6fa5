"""The command-line tools of databases; the SQL they are given is judged elsewhere."""

from __future__ import annotations

from ..rule import Rule, Tool

PG_CONNECTION = "-h --host -p --port -U --username -d --dbname --maintenance-db --role"
PG_DATA = "-D --pgdata -l --log -m --mode -t --timeout -o --options -w -p"

# fmt: off
TOOLS: tuple[Tool, ...] = (
    Tool(
        "psql|gitlab-psql|pgcli|ysqlsh|redshift",
        "-c --command -f --file -d --dbname -h --host -U --username -p --port -v --set --variable -P --pset -o --output -F "
        "--field-separator -L --log-file -R --record-separator -T --table-attr",
    ),
    Tool(
        "pg_dump|pg_dumpall",
        f"{PG_CONNECTION} -f --file -F --format -j --jobs -Z --compress -n --schema -N --exclude-schema -t --table -T "
        "--exclude-table --exclude-table-data -E --encoding -S --superuser -l --database --lock-wait-timeout --section --snapshot",
    ),
    Tool(
        "pg_restore",
        f"{PG_CONNECTION} -f --file -F --format -I --index -j --jobs -L --use-list -n --schema -N --exclude-schema -P --function "
        "-S --superuser -t --table -T --trigger --section",
    ),
    Tool("createdb|dropdb|createuser|dropuser", f"{PG_CONNECTION} -D --tablespace -E --encoding -l --locale -O --owner -T --template -c --connection-limit -g -m -a"),
    Tool("vacuumdb|reindexdb|clusterdb", f"{PG_CONNECTION} -t --table -i --index -S --system -j --jobs -P --parallel -n --schema -N --exclude-schema --tablespace --min-mxid-age --min-xid-age"),
    Tool("pg_ctl", PG_DATA),
    Tool("pg_ctlcluster", "-m --mode -o"),
    Tool("pg_dropcluster|pg_createcluster|pg_renamecluster|pg_upgradecluster|pg_conftool", "-d -D --datadir -p --port -l --logfile -u --user -g --group -s --socketdir -m --method -v"),
    Tool("pg_basebackup", f"{PG_CONNECTION} -D --pgdata -F --format -r --max-rate -T --tablespace-mapping -X --wal-method --waldir -Z --compress -c --checkpoint -l --label -s -S --slot -t --target"),
    Tool("pg_receivewal|pg_recvlogical|pg_receivexlog", f"{PG_CONNECTION} -D --directory -f --file -S --slot -o --option -P --plugin -s -I --startpos -E --endpos -F --fsync-interval -Z --compress"),
    Tool("pg_rewind", "-D --target-pgdata --source-pgdata --source-server --config-file"),
    Tool("pg_checksums", "-D --pgdata -f --filenode"),
    Tool("pg_resetwal|pg_resetxlog|pg_controldata", "-D --pgdata -c -e -l -m -o -O -u -x --wal-segsize --next-wal-file -f --filenode"),
    Tool("pg_archivecleanup", "-x --strip-extension"),
    Tool("pg_upgrade", "-b --old-bindir -B --new-bindir -d --old-datadir -D --new-datadir -j --jobs -o -O -p -P -s -U"),
    Tool("pg_repack", f"{PG_CONNECTION} -t --table -I --parent-table -c --schema -s --tablespace -o --order-by -i --index -T --wait-timeout -j --jobs -e --elevel -C --exclude-extension"),
    Tool("initdb", "-D --pgdata -A --auth -E --encoding --locale -U --username --pwfile -X --waldir"),
    Tool("pg_isready|pg_amcheck|pg_waldump|pg_xlogdump|pg_verifybackup", PG_CONNECTION),
)

PSQL = "psql|gitlab-psql|pgcli|ysqlsh|redshift"

RULES: tuple[Rule, ...] = (
    # PostgreSQL's own tools.
    Rule(PSQL, "-l|--list", "safe", "read_only", "only lists databases", yes=("psql -l", "psql -h db-1 -U postgres --list", "sudo -u postgres psql -lqt"), no=("psql -U l shop",)),
    Rule(PSQL, "-f|--file", "caution", "opaque", "runs a file of SQL that is not read here",
         yes=("psql -h db-1 -d shop -f migrate.sql", "psql shop --file=/tmp/fix.sql", "psql -v ON_ERROR_STOP=1 -fschema.sql"), no=("psql -c 'SELECT 1'",)),
    Rule(PSQL, "", "caution", "privilege", "opens an interactive session with a database", yes=("psql", "psql -h db-1 -U postgres shop", 'psql "$DATABASE_URL"', "sudo gitlab-psql"), no=("psql -l", "psql --version")),
    Rule("pg_isready|pg_lsclusters|pg_config|pg_controldata|pg_waldump|pg_xlogdump|pg_verifybackup|pg_amcheck|pg_test_timing|pg_test_fsync|pg_activity|pgbadger|pg_top|pg_view", "", "safe", "read_only", "only reads",
         yes=("pg_isready -h db-1 -p 5432", "pg_lsclusters", "pg_controldata /var/lib/postgresql/16/main", "pg_waldump -n 20 000000010000000000000001", "pg_verifybackup /backup/base"), no=("pg_ctl status",)),
    Rule("pg_dump|pg_dumpall", "-f|--file=/tmp/*|/var/tmp/*|/dev/*", "safe", "local_scratch", "only reads the database, into a scratch file", id="pg_dump-to-scratch",
         yes=("pg_dump -Fc shop -f /tmp/shop.dump",), no=("pg_dump shop", "pg_dump -f shop.sql shop")),
    Rule("pg_dump|pg_dumpall", "-f|--file", "caution", "config_change", "reads the database and writes over a file",
         yes=("pg_dump -Fc -h db-1 -U app shop -f shop.dump", "pg_dumpall --file=all.sql"), no=("pg_dump -s shop",)),
    Rule("pg_dump|pg_dumpall", "", "safe", "read_only", "only reads the database", yes=("pg_dump -s -t orders shop", "pg_dumpall --globals-only", "pg_dump -Fc shop | gzip"), no=("pg_dump shop -f x.sql",)),
    Rule("pg_restore", "-l|--list", "safe", "read_only", "only lists what a dump holds", yes=("pg_restore -l backup.dump", "pg_restore --list backup.dump | grep TABLE"), no=("pg_restore -d shop -L list backup.dump",)),
    Rule("pg_restore", "-c|--clean", "dangerous", "data_destruction", "drops what is there and puts the state of a dump in its place",
         dry_run="instead pg_restore -l {operands}", grade="approximate", note="only lists what the dump holds",
         yes=("pg_restore --clean --if-exists -d shop backup.dump", "pg_restore -c -d shop -j4 /backup/shop.dump", "pg_restore -h db-1 -U postgres -cC -d postgres shop.dump"), no=("pg_restore -d shop backup.dump",)),
    Rule("pg_restore", "-d|--dbname|-h|--host", "caution", "config_change", "writes the contents of a dump into a database", dry_run="instead pg_restore -l {operands}", grade="approximate", note="only lists what the dump holds",
         yes=("pg_restore -d shop_copy backup.dump", "pg_restore -Fc -d shop --data-only -t users backup.dump"), no=("pg_restore -c -d shop backup.dump", "pg_restore -l backup.dump")),
    Rule("pg_restore", "-f|--file=[!-]*", "caution", "config_change", "writes a dump out as SQL over a file", id="pg_restore-to-file", yes=("pg_restore -f shop.sql backup.dump",), no=("pg_restore -f - backup.dump",)),
    Rule("pg_restore", "", "safe", "read_only", "only prints a dump as SQL", yes=("pg_restore -f - backup.dump", "pg_restore -s backup.dump"), no=("pg_restore -d shop backup.dump",)),
    Rule("dropdb", "", "dangerous", "data_destruction", "deletes a whole database", yes=("dropdb shop", "dropdb -h db-1 -U postgres --if-exists --force shop", "sudo -u postgres dropdb -i shop"), no=("createdb shop",)),
    Rule("dropuser", "", "dangerous", "credentials", "removes a role from the database server", yes=("dropuser app_rw", "dropuser -h db-1 --if-exists bob"), no=("createuser bob",)),
    Rule("createuser", "-s|--superuser|-r|--createrole|--replication", "dangerous", "privilege", "makes a role that may do everything, or make others that may", yes=("createuser -s bob", "createuser --superuser --pwprompt ops"), no=("createuser bob",)),
    Rule("createdb|createuser", "", "caution", "config_change", "makes a database or a role", yes=("createdb -O app shop", "createdb -T template0 shop_copy", "createuser -P app"), no=("dropdb shop", "createuser -s bob")),
    Rule("vacuumdb", "-f|--full", "dangerous", "availability", "rewrites tables under a lock that stops every reader",
         yes=("vacuumdb --full shop", "vacuumdb -f -t orders shop", "vacuumdb --all --full --analyze"), no=("vacuumdb --analyze shop", "vacuumdb -z shop")),
    Rule("clusterdb", "", "dangerous", "availability", "rewrites tables under a lock that stops every reader", yes=("clusterdb -t orders shop", "clusterdb -a"), no=("vacuumdb shop",)),
    Rule("vacuumdb", "", "caution", "config_change", "vacuums or analyses: load, and new plans", yes=("vacuumdb --analyze-in-stages --all", "vacuumdb -z -j 4 shop", "vacuumdb --all --analyze-only"), no=("vacuumdb --full shop",)),
    Rule("reindexdb", "--concurrently", "caution", "config_change", "builds indexes again beside the running ones", yes=("reindexdb --concurrently -t orders shop",), no=("reindexdb shop",)),
    Rule("reindexdb", "-i|--index|-t|--table", "caution", "availability", "builds an index again; what writes to the table waits", yes=("reindexdb -i orders_pkey shop",), no=("reindexdb --all",)),
    Rule("reindexdb", "", "dangerous", "availability", "builds every index again under locks; what reads or writes waits", yes=("reindexdb shop", "reindexdb --all", "reindexdb --system shop"), no=("reindexdb --concurrently shop",)),
    Rule("pg_ctl", "status", "safe", "read_only", "only asks whether the server runs", yes=("pg_ctl -D /var/lib/postgresql/data status", "pg_ctl status"), no=("pg_ctl stop",)),
    Rule("pg_ctl", "stop", "dangerous", "availability", "stops the database server", yes=("pg_ctl stop -D /var/lib/pgsql/data -m fast", "pg_ctl -D /pgdata -m immediate stop"), no=("pg_ctl restart -D /pgdata",)),
    Rule("pg_ctl", "promote", "dangerous", "cluster_scope", "makes a standby the primary", yes=("pg_ctl promote -D /pgdata",), no=("pg_ctl reload -D /pgdata",)),
    Rule("pg_ctl", "kill KILL|ABRT|QUIT|INT|TERM", "dangerous", "process_kill", "ends a process of the database server", yes=("pg_ctl kill QUIT 4242",), no=("pg_ctl kill HUP 4242",)),
    Rule("pg_ctl", "restart|reload|start|init|initdb|logrotate|kill|register", "caution", "availability", "starts, restarts or reloads the database server",
         yes=("pg_ctl restart -D /pgdata -m fast", "pg_ctl -D /pgdata reload", "pg_ctl start -D /pgdata -l logfile -w"), no=("pg_ctl stop -D /pgdata",)),
    Rule("pg_ctl", "unregister", "dangerous", "availability", "removes the service of a database server", yes=("pg_ctl unregister -N pg",), no=("pg_ctl status",)),
    Rule("pg_ctlcluster", "* * status", "safe", "read_only", "only asks whether the server runs", yes=("pg_ctlcluster 16 main status",), no=("pg_ctlcluster 16 main stop",)),
    Rule("pg_ctlcluster", "* * stop", "dangerous", "availability", "stops the database server", yes=("pg_ctlcluster 16 main stop -m fast", "sudo pg_ctlcluster 14 main stop --force"), no=("pg_ctlcluster 16 main restart",)),
    Rule("pg_ctlcluster", "* * promote", "dangerous", "cluster_scope", "makes a standby the primary", yes=("pg_ctlcluster 16 main promote",), no=("pg_ctlcluster 16 main reload",)),
    Rule("pg_ctlcluster", "", "caution", "availability", "starts, restarts or reloads the database server", yes=("pg_ctlcluster 16 main restart", "sudo pg_ctlcluster 16 main start", "pg_ctlcluster 16-main reload"), no=("pg_ctlcluster 16 main stop",)),
    Rule("pg_dropcluster", "", "dangerous", "data_destruction", "deletes a database cluster with all its files", yes=("pg_dropcluster --stop 14 main",), no=("pg_lsclusters",)),
    Rule("pg_upgradecluster", "", "dangerous", "irreversible", "stops a cluster and moves it to another version", yes=("pg_upgradecluster 14 main",), no=("pg_lsclusters",)),
    Rule("pg_createcluster|pg_renamecluster|initdb|pg_conftool", "... show", "safe", "read_only", "only prints a setting", yes=("pg_conftool 16 main show max_connections",), no=("pg_conftool 16 main set x 1",)),
    Rule("pg_createcluster|pg_renamecluster|initdb|pg_conftool", "", "caution", "config_change", "makes or changes a database cluster", yes=("pg_createcluster 16 main --start", "initdb -D /pgdata", "pg_conftool 16 main set work_mem 64MB"), no=("pg_dropcluster 16 main",)),
    Rule("pg_basebackup", "-D|--pgdata=/tmp/*|/var/tmp/*|-", "safe", "read_only", "only reads a server's files, to scratch space or the terminal", yes=("pg_basebackup -D /tmp/base -X stream -P", "pg_basebackup -h db-1 -D - -Ft"), no=("pg_basebackup -D /pgdata",)),
    Rule("pg_basebackup", "", "caution", "config_change", "copies a whole server into a directory that has to be empty", yes=("pg_basebackup -h db-1 -U repl -D /var/lib/postgresql/data -R -X stream -P", "pg_basebackup -Ft -z -D /backup/base"), no=("pg_basebackup -D /tmp/x",)),
    Rule("pg_receivewal|pg_recvlogical|pg_receivexlog", "--drop-slot", "dangerous", "data_destruction", "drops a replication slot: what has not been read yet is lost to its reader",
         yes=("pg_receivewal --drop-slot -S standby_2", "pg_recvlogical -d shop --slot=cdc --drop-slot"), no=("pg_receivewal --create-slot -S a",)),
    Rule("pg_receivewal|pg_recvlogical|pg_receivexlog", "", "caution", "config_change", "reads the log from a slot, which moves it on", yes=("pg_receivewal -D /backup/wal -S archive", "pg_recvlogical -d shop --slot cdc --start -f -"), no=("pg_recvlogical --drop-slot -S x",)),
    Rule("pg_rewind|pg_resetwal|pg_resetxlog|pg_archivecleanup", "-n|--dry-run", "safe", "dry_run", "only says what it would do",
         yes=("pg_rewind -D /pgdata --source-server='host=db-1' --dry-run", "pg_resetwal -n /pgdata", "pg_archivecleanup -n /wal 000000010000003700000010"), no=("pg_rewind -D /pgdata --source-server='host=db-1'",)),
    Rule("pg_rewind", "", "dangerous", "data_destruction", "throws away what this server wrote since it left the other's timeline", dry_run="+--dry-run", yes=("pg_rewind --target-pgdata=/pgdata --source-server='host=db-1 user=postgres' -P",), no=("pg_rewind -n -D /pgdata",)),
    Rule("pg_resetwal|pg_resetxlog", "", "dangerous", "data_destruction", "throws the write-ahead log away: committed work may be lost", dry_run="+-n", yes=("pg_resetwal -f /var/lib/postgresql/data", "pg_resetwal -D /pgdata"), no=("pg_resetwal -n /pgdata", "pg_controldata /pgdata")),
    Rule("pg_archivecleanup", "", "dangerous", "data_destruction", "deletes archived log files: points in time before are out of reach", dry_run="+-n", yes=("pg_archivecleanup /wal 000000010000003700000010",), no=("pg_archivecleanup -n /wal 000000010000003700000010",)),
    Rule("pg_checksums", "-e|--enable|-d|--disable", "caution", "config_change", "rewrites every block of a stopped server", yes=("pg_checksums --enable -D /pgdata",), no=("pg_checksums --check -D /pgdata",)),
    Rule("pg_checksums", "", "safe", "read_only", "only verifies checksums", yes=("pg_checksums --check -D /pgdata", "pg_checksums -D /pgdata"), no=("pg_checksums -e -D /pgdata",)),
    Rule("pg_upgrade", "-c|--check", "safe", "dry_run", "only checks whether an upgrade would work", yes=("pg_upgrade -b /old/bin -B /new/bin -d /old -D /new --check",), no=("pg_upgrade -b /old/bin -B /new/bin -d /old -D /new",)),
    Rule("pg_upgrade", "", "dangerous", "irreversible", "moves a server's data to another version", dry_run="+--check", yes=("pg_upgrade -b /old/bin -B /new/bin -d /old -D /new --link",), no=("pg_upgrade --check -d /old -D /new",)),
    Rule("pg_repack", "-N|--dry-run", "safe", "dry_run", "only says what it would do", yes=("pg_repack -N -d shop -t orders", "pg_repack --dry-run -d shop"), no=("pg_repack -d shop -t orders",)),
    Rule("pg_repack", "", "caution", "config_change", "rewrites tables with short locks", dry_run="+--dry-run", yes=("pg_repack -d shop -t orders --no-kill-backend", "pg_repack -h db-1 -d shop -x -t orders"), no=("pg_repack -N -d shop",)),
)
# fmt: on
