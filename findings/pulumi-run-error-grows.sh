#!/usr/bin/env bash
# @pulumi/pulumi 3.259.0 writes into the message of a program's own RunError, once for each resource that was to have the value.
#
# A RunError is for a sentence that users read: the engine shows it without a stack trace. Thrown inside an output, it grows by
# `error serializing property "NAME": ` for each resource that has the output among its inputs, since the SDK sets the same
# error's message each time. Seen on 2026-11-28, with two resources:
#   error serializing property "b": error serializing property "a": Set another name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @pulumi/pulumi@3.259.0 >/dev/null
cat >grow.cjs <<'JS'
const pulumi = require("@pulumi/pulumi");
const { serializeProperties } = require("@pulumi/pulumi/runtime/rpc");
// The engine's runner listens, too, and shows what it gets.
process.on("unhandledRejection", () => {});
const value = pulumi.output(1).apply(() => {
  throw new pulumi.RunError("Set another name.");
});
(async () => {
  let last;
  for (const name of ["a", "b"])
    await serializeProperties(name, { [name]: value }).catch((error) => (last = error));
  console.log(last.message);
})();
JS
seen=$(node grow.cjs)
echo "$seen"
[ "$seen" = 'error serializing property "b": error serializing property "a": Set another name.' ]
echo "as described"
