#!/bin/sh
# The image's entry point as far as the chart uses it: a bare flag or sub-command means `vault`.
# It never runs as root here, so there is nobody to drop to and nothing to chown.
set -e
case "${1:-}" in
  -*) set -- vault "$@" ;;
  server) shift; set -- vault server "-config=${VAULT_CONFIG_DIR:-/vault/config}" "$@" ;;
  version) set -- vault "$@" ;;
esac
# OpenBao makes audit devices through its API, as Vault does, only where its configuration allows it.
if [ "${1:-} ${2:-}" = "vault server" ]; then
  echo 'unsafe_allow_api_audit_creation = true' >/tmp/openbao.hcl
  set -- "$@" -config=/tmp/openbao.hcl
fi
exec "$@"
