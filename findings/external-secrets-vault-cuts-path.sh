#!/usr/bin/env bash
# External Secrets 0.20.4: a Vault SecretStore's `path` is cut off a key that begins with the same word.
#
# With `path: shop` the key `shop/login` reads shop/data/login, not shop/data/shop/login: a secret of its own below a folder
# that is called like its mount cannot be read at all, since the key without the folder and the key with it ask for the same.
# A key that begins with `data/` keeps it after the mount, but loses it where the mount is written before it. And without
# `path`, a key with a folder called `data` is taken for one that has KV version 2's own, and is asked for as it stands.
# Seen on 2026-11-29, as what Vault is asked for:
#   path shop, key login:            /v1/shop/data/login
#   path shop, key shop/login:       /v1/shop/data/login
#   path shop, key shop/shop/login:  /v1/shop/data/shop/login
#   path shop, key data/login:       /v1/shop/data/data/login
#   path shop, key shop/data/login:  /v1/shop/data/login
#   no path, key shop/login:         /v1/shop/data/login
#   no path, key shop/data/login:    /v1/shop/data/login
#   no path, key shop/a/data/login:  /v1/shop/a/data/login
# Only the package for Vault is compiled; "Vault" is a server on loopback that says what it is asked for.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module ask

go 1.26.0

replace github.com/Masterminds/sprig/v3 => github.com/external-secrets/sprig/v3 v3.3.0

require github.com/external-secrets/external-secrets v0.20.4
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	esv1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	esmeta "github.com/external-secrets/external-secrets/apis/meta/v1"
	"github.com/external-secrets/external-secrets/pkg/provider/vault"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

var asked string

func main() {
	server := httptest.NewServer(http.HandlerFunc(answer))
	defer server.Close()
	for _, one := range [][2]string{
		{"shop", "login"}, {"shop", "shop/login"}, {"shop", "shop/shop/login"},
		{"shop", "data/login"}, {"shop", "shop/data/login"},
		{"", "shop/login"}, {"", "shop/data/login"}, {"", "shop/a/data/login"},
	} {
		read(server.URL, one[0], one[1])
		path := "path " + one[0]
		if one[0] == "" {
			path = "no path"
		}
		fmt.Printf("%-33s%s\n", fmt.Sprintf("%s, key %s:", path, one[1]), asked)
	}
}

func answer(response http.ResponseWriter, request *http.Request) {
	if request.URL.Path == "/v1/auth/token/lookup-self" {
		fmt.Fprint(response, `{"data":{"ttl":0,"expire_time":null,"type":"service"}}`)
		return
	}
	asked = request.URL.Path
	fmt.Fprint(response, `{"data":{"data":{"password":"secret"},"metadata":{"version":1}}}`)
}

func read(address, path, key string) {
	token := corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "token", Namespace: "shop"}, Data: map[string][]byte{"token": []byte("t")}}
	kube := fake.NewClientBuilder().WithObjects(&token).Build()
	store := &esv1.SecretStore{
		TypeMeta:   metav1.TypeMeta{Kind: "SecretStore"},
		ObjectMeta: metav1.ObjectMeta{Name: "vault", Namespace: "shop"},
		Spec: esv1.SecretStoreSpec{Provider: &esv1.SecretStoreProvider{Vault: &esv1.VaultProvider{
			Server:  address,
			Version: esv1.VaultKVStoreV2,
			Auth:    &esv1.VaultAuth{TokenSecretRef: &esmeta.SecretKeySelector{Name: "token", Key: "token"}},
		}}},
	}
	if path != "" {
		store.Spec.Provider.Vault.Path = &path
	}
	provider := &vault.Provider{NewVaultClient: vault.NewVaultClient}
	client, err := provider.NewClient(context.Background(), store, kube, "shop")
	must(err)
	_, err = client.GetSecret(context.Background(), esv1.ExternalSecretDataRemoteRef{Key: key, Property: "password"})
	must(err)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
GO
# The provider wants a client of a cluster at once, and asks it nothing here.
cat >kubeconfig <<'YAML'
apiVersion: v1
kind: Config
clusters: [{ name: none, cluster: { server: "http://127.0.0.1:1" } }]
contexts: [{ name: none, context: { cluster: none, user: none } }]
users: [{ name: none, user: {} }]
current-context: none
YAML
GONOSUMDB=github.com/hashicorp go mod tidy >/dev/null 2>&1
KUBECONFIG=kubeconfig go run . >seen
cat seen
diff seen - <<'SEEN'
path shop, key login:            /v1/shop/data/login
path shop, key shop/login:       /v1/shop/data/login
path shop, key shop/shop/login:  /v1/shop/data/shop/login
path shop, key data/login:       /v1/shop/data/data/login
path shop, key shop/data/login:  /v1/shop/data/login
no path, key shop/login:         /v1/shop/data/login
no path, key shop/data/login:    /v1/shop/data/login
no path, key shop/a/data/login:  /v1/shop/a/data/login
SEEN
echo "as described"
