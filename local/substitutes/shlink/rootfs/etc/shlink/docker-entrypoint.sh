#!/bin/sh
exec node /etc/shlink/shlink.mjs docker-entrypoint.sh "$@"
