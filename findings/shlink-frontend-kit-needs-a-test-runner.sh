#!/usr/bin/env bash
# @shlinkio/shlink-frontend-kit 1.4.0 lists a test runner with browsers among what it needs at run time.
#
# @vitest/browser-playwright is one of its `dependencies`, and none of its files names it. Whoever installs the kit, or
# @shlinkio/shlink-web-component, which needs it, gets Vitest, Vite and Playwright with it. Seen on 2026-11-28:
#   needed    @floating-ui/react @vitest/browser-playwright clsx
#   imported  0
#   locked    playwright-core vite vitest
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts --package-lock-only @shlinkio/shlink-frontend-kit@1.4.0 >/dev/null
npm pack --silent @shlinkio/shlink-frontend-kit@1.4.0 >/dev/null
tar -xzf ./*.tgz
{
  echo "needed    $(node -p 'Object.keys(require("./package/package.json").dependencies).join(" ")')"
  echo "imported  $(grep -rl --include=*.js vitest package/dist | wc -l)"
  echo "locked    $(node -p '
    const { packages } = require("./package-lock.json");
    ["playwright-core", "vite", "vitest"].filter((name) => `node_modules/${name}` in packages).join(" ")')"
} | tee seen
diff - seen <<'SEEN'
needed    @floating-ui/react @vitest/browser-playwright clsx
imported  0
locked    playwright-core vite vitest
SEEN
echo "as described"
