import * as pulumi from "@pulumi/pulumi";
import { before, describe, it } from "mocha";
import assert from "node:assert/strict";
import {
  AdmissionPolicies,
  demands,
  listenerText,
  tlsDisableText,
  wideHost,
  type AdmissionPoliciesArgs,
} from "../../../components/admission/index.ts";

interface Spec {
  failurePolicy?: string;
  validationActions?: string[];
  matchConstraints: {
    namespaceSelector?: object;
    resourceRules: {
      apiGroups: string[];
      apiVersions: string[];
      operations: string[];
      resources: string[];
    }[];
  };
}

interface Registered {
  type: string;
  name: string;
  inputs: { metadata: { name: string }; spec: Spec };
}

async function install(args: AdmissionPoliciesArgs): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      call: ({ token }) => {
        throw new Error(`unexpected call of ${token}`);
      },
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Registered["inputs"] });
        return { id: `${name}-id`, state: inputs as object };
      },
    },
    "shlink-platform",
    "test",
    false,
  );
  await pulumi.runtime.runInPulumiStack(() => {
    new AdmissionPolicies("admission", args);
    return Promise.resolve();
  });
  await pulumi.runtime.disconnect();
  return registered.filter(({ type }) => type.startsWith("kubernetes:"));
}

/** RE2 writes flags inside the pattern. */
function regExp(pattern: string): RegExp {
  const [, flags = "", body = ""] = /^(?:\(\?([im]+)\))?([\s\S]*)$/.exec(pattern) ?? [];
  return new RegExp(body, flags);
}

describe("AdmissionPolicies", () => {
  let installed: Registered[] = [];
  before(async () => {
    installed = await install({});
  });

  it("installs a policy and a binding for every demand", () => {
    const names = demands("vault")
      .map(({ name }) => `shlink-platform-${name}`)
      .sort();
    const of = (suffix: string) =>
      installed
        .filter(({ type }) => type.endsWith(`:${suffix}`))
        .map(({ inputs }) => inputs.metadata.name)
        .sort();
    assert.deepEqual(of("ValidatingAdmissionPolicy"), names);
    assert.deepEqual(of("ValidatingAdmissionPolicyBinding"), names);
    assert.equal(new Set(names).size, 7);
  });

  it("refuses what breaks a demand, and what cannot be evaluated", () => {
    for (const { type, name, inputs } of installed) {
      if (type.endsWith("Binding")) {
        assert.deepEqual(inputs.spec, {
          policyName: `shlink-platform-${name}`,
          validationActions: ["Deny"],
        });
      } else assert.equal(inputs.spec.failurePolicy, "Fail");
    }
  });

  it("only warns and marks the audit log when it shall not enforce", async () => {
    const bindings = (await install({ enforce: false })).filter(({ type }) =>
      type.endsWith("Binding"),
    );
    assert.ok(bindings.length > 0);
    for (const { inputs } of bindings) {
      assert.deepEqual(inputs.spec.validationActions, ["Warn", "Audit"]);
    }
  });

  it("judges ConfigMaps in Vault's namespace only, and hosts everywhere", () => {
    const policies = installed.filter(({ type }) => type.endsWith(":ValidatingAdmissionPolicy"));
    for (const { name, inputs } of policies) {
      const selector = inputs.spec.matchConstraints.namespaceSelector;
      const vault = { matchLabels: { "kubernetes.io/metadata.name": "vault" } };
      assert.deepEqual(selector, name === "vault-tls" ? vault : undefined);
    }
  });

  it("covers every version of the kinds that carry hosts, on creation and update", () => {
    const rules = installed
      .filter(({ type }) => type.endsWith(":ValidatingAdmissionPolicy"))
      .flatMap(({ inputs }) => inputs.spec.matchConstraints.resourceRules);
    const covered = rules.map((rule) => `${rule.apiGroups[0]} ${rule.resources.join(" ")}`);
    assert.deepEqual(covered.sort(), [
      " configmaps",
      "gateway.networking.k8s.io gateways listenersets",
      "gateway.networking.k8s.io httproutes grpcroutes tlsroutes",
      "networking.istio.io gateways",
      "networking.istio.io serviceentries",
      "networking.istio.io virtualservices",
      "networking.k8s.io ingresses",
    ]);
    for (const rule of rules) {
      assert.deepEqual(rule.apiVersions, ["*"]);
      assert.deepEqual(rule.operations, ["CREATE", "UPDATE"]);
    }
  });

  it("does not repeat the pattern with its backslashes lost", () => {
    const text = JSON.stringify(demands("vault").map(({ validations }) => validations));
    assert.ok(text.includes(JSON.stringify(wideHost.replaceAll("\\", "\\\\")).slice(1, -1)));
  });

  for (const host of [
    "*",
    "*/*",
    "./*",
    "shlink/*",
    "*.com",
    "*/*.org",
    "*.co.uk",
    " * ",
    "*.",
    "*.com.",
  ]) {
    it(`takes ${JSON.stringify(host)} for too wide`, () => {
      assert.match(host, regExp(wideHost));
    });
  }

  for (const host of [
    "s.example.com",
    "*.example.com",
    "a/s.example.com",
    "*.example.co.uk",
    "192.0.2.1",
  ]) {
    it(`takes ${JSON.stringify(host)} for a name`, () => {
      assert.doesNotMatch(host, regExp(wideHost));
    });
  }

  const listener = (line: string) => `listener "tcp" {\n  ${line}\n}\n`;
  const plaintext = [
    "tls_disable = 1",
    "tls_disable=true",
    'tls_disable = "T"',
    "TLS_DISABLE = 1.0",
    '"tls_disable": 1',
    'tls_disable = "yes"',
    "tls_disable = 0x1",
    "tls_disable = -1",
    'address = "a" tls_disable = 1',
    "/* off */ tls_disable = 1",
  ];
  for (const line of plaintext) {
    it(`sees ${line}`, () => {
      assert.match(listener(line), regExp(listenerText));
      assert.match(listener(line), regExp(tlsDisableText));
    });
  }

  const sound = [
    "tls_disable = 0",
    "tls_disable = false",
    'tls_disable = "false"',
    'tls_disable = ""',
    "# tls_disable = 1",
    "// tls_disable = 1",
    'tls_cert_file = "a" # tls_disable = 1',
    "tls_disable_client_certs = true",
    'tls_disable = "0"',
  ];
  for (const line of sound) {
    it(`accepts ${line}`, () => {
      assert.doesNotMatch(listener(line), regExp(tlsDisableText));
    });
  }
});
