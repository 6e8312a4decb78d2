#!/usr/bin/env bash
# Istio's chart `cni` (main of 2026-08-27): `global.platform` wins over a top-level `cniBinDir` or `cniConfDir`.
#
# The chart says that what users set comes last, after the profile of a platform. But platforms set their folders below `cni`,
# and a template that is rendered after the merge copies `cni` over the top level: the agent of a k3s with a data folder of
# its own mounts k3s' usual one, and no pod gets its network. Below `cni` the same value wins. Seen on 2026-11-28, as the
# folder that the DaemonSet mounts:
#   global.platform: k3s                              /var/lib/rancher/k3s/data/cni
#   global.platform: k3s, cniBinDir: /data/cni        /var/lib/rancher/k3s/data/cni
#   global.platform: k3s, cni.cniBinDir: /data/cni    /data/cni
#   cniBinDir: /data/cni                              /data/cni
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module render

go 1.26.0

require helm.sh/helm/v3 v3.18.6
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/strvals"
)

// Prints the folder that the DaemonSet's volume cni-bin-dir is, for the values of each argument.
func main() {
	for _, set := range os.Args[2:] {
		chart, err := loader.LoadDir(os.Args[1])
		must(err)
		given, err := strvals.Parse(set)
		must(err)
		options := chartutil.ReleaseOptions{Name: "istio-cni", Namespace: "istio-system", IsInstall: true}
		values, err := chartutil.ToRenderValues(chart, given, options, chartutil.DefaultCapabilities)
		must(err)
		files, err := engine.Render(chart, values)
		must(err)
		lines := strings.Split(files["cni/templates/daemonset.yaml"], "\n")
		for number, line := range lines {
			if strings.TrimSpace(line) == "- name: cni-bin-dir" && strings.Contains(lines[number+1], "hostPath") {
				fmt.Println(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(lines[number+2]), "path:")))
			}
		}
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >/dev/null 2>&1
# Istio's module has its charts; nothing of it is compiled.
download=$(cd "$folder" && go mod download -json istio.io/istio@v0.0.0-20260827124520-eed52ebb66ad)
chart=$(printf '%s' "$download" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')/manifests/charts/istio-cni
cp -r "$chart" cni
chmod -R u+w cni
seen=$(go run . cni global.platform=k3s global.platform=k3s,cniBinDir=/data/cni global.platform=k3s,cni.cniBinDir=/data/cni cniBinDir=/data/cni)
echo "$seen"
[ "$seen" = "/var/lib/rancher/k3s/data/cni
/var/lib/rancher/k3s/data/cni
/data/cni
/data/cni" ]
echo "as described"
