#!/bin/sh
# As the real image's: one server from the environment, with its key for everybody who opens the page.
set -e
if [ -n "$SHLINK_SERVER_URL" ] && [ -n "$SHLINK_SERVER_API_KEY" ]; then
  printf '[{"name":"%s","url":"%s","apiKey":"%s"}]' \
    "${SHLINK_SERVER_NAME:-Shlink}" "$SHLINK_SERVER_URL" "$SHLINK_SERVER_API_KEY" \
    >/usr/share/nginx/html/servers.json
fi
exec "$@"
