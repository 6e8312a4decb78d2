// Package v2: this file takes the place of one that names every kind's Go type, which the
// provider never looks at; compiling all those types is a third of the provider's build.
package v2

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// IsListKind tells whether an object of this kind is a list of others.
func IsListKind(apiVersion, kind string) bool {
	group, _, _ := strings.Cut(apiVersion, "/")
	builtIn := !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
	return builtIn && strings.HasSuffix(kind, "List")
}

// RegisterResource registers an object under its kind's type token.
func RegisterResource(ctx *pulumi.Context, apiVersion, kind, name string, props pulumi.Input,
	opts ...pulumi.ResourceOption,
) (pulumi.CustomResource, error) {
	if apiVersion == "v1" {
		apiVersion = "core/v1"
	}
	var object pulumi.CustomResourceState
	if err := ctx.RegisterResource("kubernetes:"+apiVersion+":"+kind, name, props, &object, opts...); err != nil {
		return nil, err
	}
	return &object, nil
}
