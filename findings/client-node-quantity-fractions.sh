#!/usr/bin/env bash
# @kubernetes/client-node 1.4.0 cannot read a quantity with a fraction before a suffix, such as 1.5Gi, and topNodes() fails for all.
#
# The API server takes and keeps `1.5Gi`, `0.5Mi` and `2.5k` as they were written, and Helm charts use them. quantityToScalar()
# gives what stands before a suffix above one to BigInt(), which knows no fractions, so that one such request of one pod ends
# topNodes() for every node. Below one (`1.5m`) and without a suffix (`0.5`) it reads fractions. Seen on 2026-11-28, for the
# memory that two pods on one node request
#   1Gi and 512Mi    1610612736
#   1.5Gi and 0      SyntaxError: Cannot convert 1.5 to a BigInt
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @kubernetes/client-node@1.4.0 >/dev/null
cat >top.mjs <<'JS'
import { topNodes } from "@kubernetes/client-node";

const node = { metadata: { name: "a" }, status: { capacity: { cpu: "4", memory: "8Gi" } } };
node.status.allocatable = node.status.capacity;
const pod = (memory) => ({
  metadata: { name: "p" },
  spec: { nodeName: "a", containers: [{ resources: { requests: { cpu: "0.5", memory } } }] },
  status: { phase: "Running" },
});
async function requested(...memories) {
  const api = {
    listNode: async () => ({ items: [node] }),
    listPodForAllNamespaces: async () => ({ items: memories.map(pod) }),
  };
  try {
    const [status] = await topNodes(api);
    return String(status.Memory.RequestTotal);
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}
console.log(await requested("1Gi", "512Mi"));
console.log(await requested("1.5Gi", "0"));
JS
seen=$(node top.mjs)
expected="1610612736
SyntaxError: Cannot convert 1.5 to a BigInt"
[ "$seen" = "$expected" ] || {
  echo "Expected:" "$expected" "Seen:" "$seen" >&2
  exit 1
}
echo "$seen"
echo "as described"
