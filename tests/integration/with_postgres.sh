#!/usr/bin/env bash
# with_postgres.sh <folder of initdb> <program>...: runs it beside a PostgreSQL server of
# its own, which listens on a Unix socket in a folder of its own and logs statements there.
set -euo pipefail
bin=$1 program=$(realpath "$2")
shift 2
export PGUSER=tester PGDATABASE=postgres PGHOST
PGHOST=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -INT $server || true; wait; cd /; rm -rf "$PGHOST"' EXIT
server_as=(setpriv --pdeathsig INT)
if [ "$(id -u)" -eq 0 ]; then  # which it refuses to be
    chown nobody "$PGHOST"
    server_as+=(--reuid=nobody --regid=nogroup --clear-groups)
fi
cd "$PGHOST"  # "nobody" may not be allowed to be where we were

"${server_as[@]}" "$bin/initdb" -D data -U $PGUSER --auth=trust --locale=C --no-sync \
    >initdb.log
"${server_as[@]}" "$bin/postgres" -D data -k "$PGHOST" -c listen_addresses= \
    -c log_statement=all -c log_line_prefix= -c fsync=off 2>log &
server=$!
until "$bin/pg_isready" --quiet; do
    kill -0 $server  # else this ends here
    sleep 0.05
done
"$program" "$@"
