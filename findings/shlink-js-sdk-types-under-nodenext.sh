#!/usr/bin/env bash
# @shlinkio/shlink-js-sdk 3.2.1 has types that TypeScript 5.9.3 finds for a bundler, but not for Node.
#
# The package is an ES module for Node too, and its exports map names a file of types. That file re-exports others by
# paths without an extension, which `moduleResolution` nodenext does not follow. With `skipLibCheck` nobody is told why:
# an import of any type fails as if the package did not export it. Seen on 2026-11-28:
#   nodenext   error TS2305: Module '"@shlinkio/shlink-js-sdk/api-contract"' has no exported member 'ShlinkShortUrl'
#   bundler    no error
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @shlinkio/shlink-js-sdk@3.2.1 typescript@5.9.3 >/dev/null
cat >link.mts <<'TS'
import type { ShlinkShortUrl } from "@shlinkio/shlink-js-sdk/api-contract";
export const codeOf = (link: ShlinkShortUrl): string => link.shortCode;
TS
check() {
  npx tsc --noEmit --strict --skipLibCheck --target es2022 --module "$1" --moduleResolution "$2" link.mts || true
}
node_errors=$(check nodenext nodenext)
bundler_errors=$(check esnext bundler)
printf 'nodenext: %s\nbundler: %s\n' "$node_errors" "${bundler_errors:-no error}"
grep -q 'TS2305.*ShlinkShortUrl' <<<"$node_errors"
[ -z "$bundler_errors" ]
echo "as described"
