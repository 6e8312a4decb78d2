#!/bin/sh
# The official image is compiled with protected mode off unless it is asked for; Debian's is on.
case "${0##*/}" in *sentinel) set -- "$@" --sentinel ;; esac
case "${1:-}" in -v | --version | -h | --help | --test-memory | --check-system) exec /usr/lib/redis/redis-server "$@" ;; esac
asked="$*"
if [ -r "${1:-}" ]; then asked="$asked $(cat "$1")"; fi
case "$asked" in
  *protected-mode*) ;;
  *) set -- "$@" --protected-mode no ;;
esac
exec /usr/lib/redis/redis-server "$@"
