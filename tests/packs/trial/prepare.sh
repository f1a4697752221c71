#!/bin/sh
# Starts a PostgreSQL and a PgBouncer in transaction mode for the trial, in a new folder; prints the addresses and what stops them.
# Usage: prepare.sh FOLDER [PORT]; PORT + 1 is the pooler's. Both listen on this machine alone. Neither server runs as root: for root
# everything is done by the account postgres (another: RUN_AS), in FOLDER/trial.
set -eu
folder=$1
port=${2:-55432}
pooler=$((port + 1))
here=$(cd "$(dirname "$0")" && pwd)
bin=${PGBIN:-$(pg_config --bindir)}
PATH=$bin:$PATH:/usr/sbin
if [ "$(id -u)" = 0 ]; then
    mkdir "$folder"
    cp "$here/prepare.sh" "$here/database.sql" "$folder" # the account need not reach where these stand
    chown -R "${RUN_AS:-postgres}" "$folder"
    cd "$folder"
    exec runuser -u "${RUN_AS:-postgres}" -- env PGBIN="$bin" sh "$PWD/prepare.sh" "$PWD/trial" "$port"
fi
mkdir "$folder"
folder=$(cd "$folder" && pwd)
initdb -D "$folder/data" -U postgres -A trust -E UTF8 --no-sync >"$folder/initdb.log"
pg_ctl -D "$folder/data" -w -l "$folder/postgres.log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=''" start >/dev/null
createdb -h 127.0.0.1 -p "$port" -U postgres maison
psql -q -h 127.0.0.1 -p "$port" -U postgres -d maison -f "$here/database.sql"
printf '"%s" ""\n' maison_reader maison_owner maison_app >"$folder/users.txt"
cat >"$folder/pgbouncer.ini" <<INI
[databases]
maison = host=127.0.0.1 port=$port
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $pooler
unix_socket_dir =
auth_type = trust
auth_file = $folder/users.txt
pool_mode = transaction
default_pool_size = 2
pidfile = $folder/pgbouncer.pid
logfile = $folder/pgbouncer.log
INI
pgbouncer -q -d "$folder/pgbouncer.ini"
cat <<SAID
The house's database, through its pooler (what the console is given):
    postgresql://maison_reader@127.0.0.1:$pooler/maison
The same for its owner, without the pooler (for whoever plays the house's DBA):
    postgresql://maison_owner@127.0.0.1:$port/maison
To stop, as $(id -un): kill \$(cat $folder/pgbouncer.pid); $bin/pg_ctl -D $folder/data -m fast stop
SAID
