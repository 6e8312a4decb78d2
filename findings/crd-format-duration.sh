#!/usr/bin/env bash
# Kubernetes 1.34 (apiextensions-apiserver 0.34.4) reads `format: duration` of a custom resource in a way of its own: 0.5d is 5 days.
#
# The keyword is JSON Schema's and OpenAPI's, where a duration is one of ISO 8601. The API server takes it for a string in which it
# finds numbers with a unit anywhere: it adds those that it finds and passes over the rest, a sign and a fraction included, unless the
# whole is one of Go's durations. So it takes most of what ISO 8601 and all of what Go's own reader (metav1.Duration, of operators) take,
# with another value in places, and much that neither takes; rules in CEL get that value, too. Seen on 2026-11-29, with ajv-formats 3.0.1 for ISO 8601:
#   value          API server   rules in CEL get   metav1.Duration   ISO 8601
#   1.5h           taken        1.5 hours          1.5 hours         refused
#   0.5d           taken        5 days             refused           refused
#   -2w            taken        2 weeks            refused           refused
#   P1D            taken        1 day              refused           taken
#   P1DT2H         taken        2 hours            refused           taken
#   P1M            taken        1 minute           refused           taken
#   1 year 2 days  taken        2 days             refused           refused
#   P1Y            refused                         refused           taken
# A field that Go is to read needs a pattern.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ajv@8.17.1 ajv-formats@3.0.1 >/dev/null
cat >iso.cjs <<'JS'
const schemas = require("ajv-formats").default(new (require("ajv").default)());
const takes = schemas.compile({ type: "string", format: "duration" });
for (const value of process.argv.slice(2)) console.log(takes(value) ? "taken" : "refused");
JS
cat >go.mod <<'MOD'
module ask

go 1.26.0

require (
	k8s.io/apiextensions-apiserver v0.34.4
	k8s.io/apimachinery v0.34.4
	k8s.io/apiserver v0.34.4
)
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// The rule refuses everything, and says what it was given.
var tells = apiextensions.JSONSchemaProps{
	Type: "string", Format: "duration",
	XValidations: apiextensions.ValidationRules{{Rule: "string(self) == ''", MessageExpression: "string(self)"}},
}

func main() {
	validator, _, err := validation.NewSchemaValidator(&tells)
	must(err)
	structural, err := schema.NewStructural(&tells)
	must(err)
	rules := cel.NewValidator(structural, false, celconfig.PerCallLimit)
	for _, value := range os.Args[1:] {
		text, err := json.Marshal(value)
		must(err)
		var typed metav1.Duration
		operator := "refused"
		if json.Unmarshal(text, &typed) == nil {
			operator = fmt.Sprintf("%.0fs", typed.Seconds())
		}
		if len(validation.ValidateCustomResource(nil, value, validator)) > 0 {
			fmt.Printf("%-15srefused            %s\n", value, operator)
			continue
		}
		faults, _ := rules.Validate(context.Background(), nil, structural, value, nil, celconfig.RuntimeCELCostBudget)
		fmt.Printf("%-15staken    %-10s%s\n", value, faults[0].Detail, operator)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >/dev/null 2>&1
values=(1.5h 0.5d -2w P1D P1DT2H P1M "1 year 2 days" P1Y)
go run . "${values[@]}" >kubernetes
node iso.cjs "${values[@]}" >iso
paste -d' ' kubernetes iso | tee seen
diff - seen <<'SEEN'
1.5h           taken    5400s     5400s refused
0.5d           taken    432000s   refused refused
-2w            taken    1209600s  refused refused
P1D            taken    86400s    refused taken
P1DT2H         taken    7200s     refused taken
P1M            taken    60s       refused taken
1 year 2 days  taken    172800s   refused refused
P1Y            refused            refused taken
SEEN
echo "as described"
