#!/usr/bin/env bash
# pgBackRest 2.45 restores to no point in time from 2038-01-19 03:14:08 UTC on: it finds no backup before it.
#
# A target far in the future is a usual way to say "as far as the archive goes". This version takes the seconds of such
# a target for a number of 32 bits. Seen on 2026-11-28 with one backup of that day:
#   2038-01-19 00:00:00+00: restored
#   2038-01-20 00:00:00+00: ERROR: [075]: unable to find backup set with stop time less than '2038-01-20 00:00:00+00'
# Runs as root on Debian 12, whose packages these are; PostgreSQL's part in it runs as nobody.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
packages=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
  pgbackrest postgresql-15 | grep -E '^(pgbackrest|postgresql-15|lib[^:]*)$' | sort -u)
# shellcheck disable=SC2086
apt-get download -qq $packages 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
mkdir -m 777 data
export LD_LIBRARY_PATH="$folder/root/usr/lib/x86_64-linux-gnu:$folder/root/lib/x86_64-linux-gnu"
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp "$@"; }
pgbackrest() {
  as_nobody "$folder/root/usr/bin/pgbackrest" --config=/dev/null --stanza=db --log-level-file=off --log-level-console=error \
    --pg1-path="$folder/data/pg" --repo1-path="$folder/data/repo" --lock-path="$folder/data/lock" "$@"
}
pgbackrest version | grep -q '2\.45$'
as_nobody root/usr/lib/postgresql/15/bin/initdb -D "$folder/data/pg" -A peer >/dev/null
pgbackrest --no-online stanza-create
pgbackrest --no-online --type=full backup
for target in "2038-01-19 00:00:00+00" "2038-01-20 00:00:00+00"; do
  find data/pg -mindepth 1 -delete
  if said=$(pgbackrest --type=time --target="$target" restore 2>&1); then said=restored; fi
  echo "$target: $said"
done | sed "s/^\(.*: \)P00  ERROR/\1ERROR/" >seen
cat seen
diff seen - <<'SEEN'
2038-01-19 00:00:00+00: restored
2038-01-20 00:00:00+00: ERROR: [075]: unable to find backup set with stop time less than '2038-01-20 00:00:00+00'
SEEN
echo "as seen on 2026-11-28"
