#!/usr/bin/env bash
# Pulumi 3.259.0 gives a program an unquoted date of its stack file in Go's words, which no parser of ISO 8601 takes.
#
# The CLI's YAML library reads a plain scalar such as 2027-01-31 as a time, as YAML 1.1 has it, and the CLI prints it with
# time.Time's own format, at the top of the file and inside an object alike. A time of day stays as it was written. JavaScript's
# Date takes Go's words by its lenient way, so only a strict reader notices. Seen on 2026-11-28:
#   until: 2027-01-31              "2027-01-31 00:00:00 +0000 UTC"
#   until: 2027-01-31T12:00:00Z    "2027-01-31 12:00:00 +0000 UTC"
#   until: "2027-01-31"            "2027-01-31"
#   at: 12:30:00                   "12:30:00"
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module stackfile

go 1.26.0

require github.com/pulumi/pulumi/sdk/v3 v3.259.0
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// Prints the settings of a stack file as a program gets them.
func main() {
	sink := diag.DefaultSink(os.Stderr, os.Stderr, diag.FormatOptions{Color: "never"})
	stack, err := workspace.LoadProjectStack(sink, &workspace.Project{Name: "shop"}, "Pulumi.dev.yaml")
	if err != nil {
		panic(err)
	}
	values, err := stack.Config.Decrypt(config.NopDecrypter)
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"plain", "object"} {
		fmt.Println(values[config.MustMakeKey("shop", name)])
	}
}
GO
cat >Pulumi.dev.yaml <<'YAML'
config:
  shop:plain: 2027-01-31
  shop:object:
    at: 12:30:00
    moment: 2027-01-31T12:00:00Z
    quoted: "2027-01-31"
    until: 2027-01-31
YAML
go mod tidy >/dev/null 2>&1
seen=$(go run .)
echo "$seen"
[ "$seen" = '2027-01-31 00:00:00 +0000 UTC
{"at":"12:30:00","moment":"2027-01-31 12:00:00 +0000 UTC","quoted":"2027-01-31","until":"2027-01-31 00:00:00 +0000 UTC"}' ]
echo "as described"
