#!/usr/bin/env bash
# One throwaway PostgreSQL server for one test run. Prints its URL, serves until standard input closes (so it dies with
# the process that started it, however that one dies), then removes every trace. It listens on a unix socket in its own
# folder, nowhere else. Nothing in it survives, so durability is off, unless the argument `durable` leaves it on, for
# measurements. Needs initdb, postgres and pg_isready.
set -euo pipefail

fail() {
  echo "tests/postgres.sh: $*" >&2
  exit 1
}

find_binaries() {
  local initdb
  if initdb=$(command -v initdb); then
    dirname "$(readlink -f "$initdb")"
  else
    find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1
  fi
}

durability=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
case ${1:-} in
  '') ;;
  durable) durability=() ;;
  *) fail "usage: tests/postgres.sh [durable]" ;;
esac

bin=$(find_binaries)
[[ -x "$bin/postgres" ]] || fail "PostgreSQL not found; on Debian: apt-get install postgresql-15"

dir=$(mktemp -d "${TMPDIR:-/tmp}/sakin-postgres.XXXXXX")
# Should this script be killed outright, the kernel stops the server for it.
as_server=(setpriv --pdeathsig INT)
if [[ $EUID -eq 0 ]]; then
  # PostgreSQL refuses to run as root.
  user=nobody
  ! id postgres >/dev/null 2>&1 || user=postgres
  chown "$user" "$dir"
  as_server+=(--reuid "$user" --regid "$(id -g "$user")" --init-groups)
fi

server=
watch=
cleanup() {
  trap - EXIT
  [[ -z $watch ]] || kill "$watch" 2>/dev/null || true
  if [[ -n $server ]]; then
    # Immediate shutdown: there is nothing to save.
    kill -QUIT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
trap 'exit 129' HUP

cd "$dir"
"${as_server[@]}" "$bin/initdb" --pgdata="$dir/data" --username=sakin --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
  --no-sync >"$dir/log" 2>&1 || fail "initdb: $(cat "$dir/log")"

"${as_server[@]}" "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= \
  -c max_connections=300 -c shared_buffers=128MB -c timezone=UTC \
  "${durability[@]}" -c wal_level=minimal -c max_wal_senders=0 \
  </dev/null >>"$dir/log" 2>&1 &
server=$!

is_ready() {
  "$bin/pg_isready" --quiet --host="$dir" --username=sakin --dbname=postgres
}

for _ in {1..300}; do
  ! is_ready || break
  kill -0 "$server" 2>/dev/null || fail "the server stopped: $(cat "$dir/log")"
  sleep 0.1
done
is_ready || fail "the server does not answer after 30 s: $(cat "$dir/log")"

echo "postgres://sakin@${dir//\//%2F}/postgres"

# In the background and waited for, because bash runs no trap while a foreground command runs.
cat <&0 >/dev/null 2>&1 &
watch=$!
ended=
wait -n -p ended "$watch" "$server" || true
[[ $ended != "$server" ]] || fail "the server stopped: $(cat "$dir/log")"
