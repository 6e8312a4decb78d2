#!/usr/bin/env bash
# Pulumi's plugin for Kubernetes (its module of 2026-01-15) warns that kinds were removed which a server of today serves.
# Its table of removals knows the group and version of most kinds, and not the kind. Groups whose v1beta1 ended with 1.22 have
# got new kinds in v1beta1 since: of each of them every preview and update says that it "was removed in Kubernetes 1.22", and
# proposes a version that does not have the kind. The object is made all the same. Asked about all kinds that Kubernetes' own
# module (k8s.io/api 0.34.1) says a server 1.34 has; seen on 2026-11-29, each with the first version that has it:
#   admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy (1.34)
#   admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicyBinding (1.34)
#   coordination.k8s.io/v1beta1 LeaseCandidate (1.33)
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module ask

go 1.26.0

require (
	github.com/pulumi/pulumi-kubernetes/provider/v4 v4.0.0-20260115033456-f47bc2d6f199
	k8s.io/api v0.34.1
	k8s.io/client-go v0.34.1
)
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"sort"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/cluster"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/kinds"
	"k8s.io/client-go/kubernetes/scheme"
)

type introduced interface{ APILifecycleIntroduced() (int, int) }
type removed interface{ APILifecycleRemoved() (int, int) }

func main() {
	server := cluster.ServerVersion{Major: 1, Minor: 34}
	var lines []string
	for gvk := range scheme.Scheme.AllKnownTypes() {
		object, err := scheme.Scheme.New(gvk)
		if err != nil || strings.HasSuffix(gvk.Kind, "List") {
			continue
		}
		since, known := object.(introduced)
		if !known {
			continue
		}
		_, first := since.APILifecycleIntroduced()
		if until, ends := object.(removed); ends {
			if _, last := until.APILifecycleRemoved(); last <= server.Minor {
				continue
			}
		}
		if gone, when := kinds.RemovedAPIVersion(gvk, server); gone && first <= server.Minor {
			lines = append(lines, fmt.Sprintf("%s: since 1.%d; the plugin: removed in %s, use %s", gvk.GroupVersion().String()+" "+gvk.Kind, first, when, kinds.SuggestedAPIVersion(gvk)))
		}
	}
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))
}
GO
go mod tidy >/dev/null 2>&1
go run . >seen
cat seen
diff seen - <<'SEEN'
admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy: since 1.34; the plugin: removed in 1.22, use admissionregistration.k8s.io/v1/MutatingAdmissionPolicy
admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicyBinding: since 1.34; the plugin: removed in 1.22, use admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding
coordination.k8s.io/v1beta1 LeaseCandidate: since 1.33; the plugin: removed in 1.22, use coordination.k8s.io/v1/LeaseCandidate
SEEN
echo "as described"
