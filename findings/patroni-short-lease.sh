#!/usr/bin/env bash
# Patroni 4.0.7 answers a lease of 20 s with ten times as many calls to its store, and takes a shorter one for 20 s.
#
# Operators hand on `ttl` (leaderLeaseDurationSeconds of Crunchy's PostgresCluster, which takes numbers from 3) and `loop_wait`
# (its syncPeriodSeconds), and leave retry_timeout at its default of 10 s. Patroni wants loop_wait + 2 * retry_timeout <= ttl,
# and where that does not hold it lowers loop_wait first, down to 1 s: every server then reads and writes the API server each
# second. What it took instead stands in a warning of its log and in no status. Seen on 2026-11-28, given and taken:
#   ttl 30, loop_wait 10    ttl 30, loop_wait 10, retry_timeout 10
#   ttl 20, loop_wait 10    ttl 20, loop_wait 1, retry_timeout 9
#   ttl 10, loop_wait 3     ttl 20, loop_wait 1, retry_timeout 9
#   ttl 20, loop_wait 10, retry_timeout 5    the same
# Whoever shortens the lease has to shorten retry_timeout with it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv packages
packages/bin/pip install --quiet --disable-pip-version-check patroni==4.0.7 psycopg2-binary==2.9.10
cat >config.yaml <<'YAML'
scope: example
name: one
restapi: { listen: "127.0.0.1:8008", connect_address: "127.0.0.1:8008" }
postgresql: { listen: "127.0.0.1:5432", connect_address: "127.0.0.1:5432", data_dir: data }
YAML
cat >taken.py <<'PYTHON'
import logging
from patroni.config import Config

logging.disable(logging.CRITICAL)
for ttl, loop_wait, rest in (30, 10, {}), (20, 10, {}), (10, 3, {}), (20, 10, {"retry_timeout": 5}):
    config = Config("config.yaml")
    config.set_dynamic_configuration({"ttl": ttl, "loop_wait": loop_wait, **rest})
    print(*(config[key] for key in ("ttl", "loop_wait", "retry_timeout")))
PYTHON
seen=$(packages/bin/python taken.py)
echo "$seen"
[ "$seen" = "30 10 10
20 1 9
20 1 9
20 10 5" ]
echo "as described"
