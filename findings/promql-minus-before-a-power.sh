#!/usr/bin/env bash
# Prometheus' two parsers of PromQL disagree on -2 ^ 2: it is 4 to @prometheus-io/lezer-promql 0.315.0, and -4 to the server.
#
# Both are Prometheus' own and have one version; the one in JavaScript is for editors, and for programs that check rules without Go. It
# takes the sign for a part of the number, so the power is of the negative one. Where a name or a parenthesis follows the sign, both
# take the power first. It also finds faults in numbers and in a name that the server takes. Seen on 2026-11-29:
#   expression   server        lezer-promql
#   -2 ^ 2       -(2 ^ 2)      (-2) ^ 2
#   a * -2 ^ 2   a * -(2 ^ 2)  a * ((-2) ^ 2)
#   -(2) ^ 2     -((2) ^ 2)    the same
#   -a ^ 2       -(a ^ 2)      the same
#   5.           taken         refused
#   0X1F         taken         refused; both take 0x1F
#   offset       taken         refused, a metric of that name; both take `by` and `start`
# Whoever rewrites or checks rules by the tree needs parentheses around the number, or the server's parser.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  @prometheus-io/lezer-promql@0.315.0 @lezer/lr@1.4.12 @lezer/highlight@1.2.5 >/dev/null
cat >tree.mjs <<'JS'
import { parser } from "@prometheus-io/lezer-promql";

// Writes a tree with parentheses around what belongs together.
function written(node, text) {
  const parts = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    parts.push(child.type.isError ? "fault" : written(child, text));
  if (parts.includes("fault")) return "fault";
  if (node.name === "BinaryExpr") return `(${parts[0]} ${parts[1]} ${parts[2]})`;
  if (node.name === "UnaryExpr") return `(${parts.join("")})`;
  if (node.name === "PromQL" || node.name === "ParenExpr") return parts.join("");
  return text.slice(node.from, node.to);
}
for (const text of process.argv.slice(2)) console.log(written(parser.parse(text).topNode, text));
JS
cat >go.mod <<'MOD'
module tree

go 1.26.0

require github.com/prometheus/prometheus v0.315.0
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/prometheus/prometheus/promql/parser"
)

// Writes a tree with parentheses around what belongs together.
func written(node parser.Expr) string {
	switch node := node.(type) {
	case *parser.BinaryExpr:
		return fmt.Sprintf("(%s %s %s)", written(node.LHS), node.Op, written(node.RHS))
	case *parser.UnaryExpr:
		return fmt.Sprintf("(%s%s)", node.Op, written(node.Expr))
	case *parser.ParenExpr:
		return written(node.Expr)
	}
	return node.String()
}

func main() {
	reader := parser.NewParser(parser.Options{})
	for _, text := range os.Args[1:] {
		tree, err := reader.ParseExpr(text)
		if err != nil {
			fmt.Println("fault")
			continue
		}
		fmt.Println(written(tree))
	}
}
GO
go mod tidy >/dev/null 2>&1
expressions=("-2 ^ 2" "a * -2 ^ 2" "-(2) ^ 2" "-a ^ 2" "5." "0X1F" "0x1F" offset by start)
printf '%s\n' "${expressions[@]}" >expressions
go run . "${expressions[@]}" >server
node tree.mjs "${expressions[@]}" >lezer
paste -d'|' expressions server lezer | tee seen
diff - seen <<'SEEN'
-2 ^ 2|(-(2 ^ 2))|(-2 ^ 2)
a * -2 ^ 2|(a * (-(2 ^ 2)))|(a * (-2 ^ 2))
-(2) ^ 2|(-(2 ^ 2))|(-(2 ^ 2))
-a ^ 2|(-(a ^ 2))|(-(a ^ 2))
5.|5|fault
0X1F|31|fault
0x1F|31|0x1F
offset|offset|fault
by|by|by
start|start|start
SEEN
echo "as described"
