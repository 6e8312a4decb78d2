# What `pulumi up` needs: the mounts, policies, logins and secrets that components/vault/access.ts declares.
path "sys/mounts" { capabilities = ["read"] }
path "sys/mounts/secret" { capabilities = ["create", "read", "update", "delete", "sudo"] }
path "sys/mounts/secret/tune" { capabilities = ["read", "update"] }
path "sys/auth" { capabilities = ["read"] }
path "sys/auth/kubernetes" { capabilities = ["create", "read", "update", "delete", "sudo"] }
path "sys/auth/kubernetes/tune" { capabilities = ["read", "update"] }
path "sys/mounts/auth/kubernetes" { capabilities = ["read"] }
path "sys/mounts/auth/kubernetes/tune" { capabilities = ["read", "update"] }
path "sys/policies/acl/external-secrets*" { capabilities = ["create", "read", "update", "delete"] }
path "sys/policies/acl/vault-snapshot" { capabilities = ["create", "read", "update", "delete"] }
path "auth/kubernetes/config" { capabilities = ["create", "read", "update", "delete"] }
path "auth/kubernetes/role/*" { capabilities = ["create", "read", "update", "delete"] }
path "secret/*" { capabilities = ["create", "read", "update", "delete", "list"] }
path "sys/audit" { capabilities = ["read", "sudo"] }
path "sys/audit/file" { capabilities = ["create", "update", "delete", "sudo"] }

# What npm run rotate -- vault-admin asks for with the keys of the Secret: Vault's path, and OpenBao's.
path "sys/rekey/*" { capabilities = ["create", "read", "update", "delete", "sudo"] }
path "sys/rotate/root/*" { capabilities = ["create", "read", "update", "delete", "sudo"] }

# What lets servers leave the raft before vault.replicas gets smaller (docs/vault.md, Fewer servers).
path "sys/storage/raft/configuration" { capabilities = ["read"] }
path "sys/storage/raft/remove-peer" { capabilities = ["update", "sudo"] }

# What the bootstrap renews when it runs again: this policy and the login that carries it.
path "sys/policies/acl/deployer" { capabilities = ["read", "update"] }
path "auth/deployer/config" { capabilities = ["read", "update"] }
path "auth/deployer/role/deployer" { capabilities = ["read", "update"] }
