import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "mocha";
import { parseAllDocuments, stringify } from "yaml";
import { vaultValues } from "../../../../components/vault/server.ts";
import { findTool } from "../../providers/integration/tools.ts";
import { skip } from "../../../support/skip.ts";

const chart = new URL("../../../../local/charts/vault/", import.meta.url).pathname;

interface Hooked {
  lifecycle: { preStop: { exec: { command: string[] } } };
}

const helm = findTool("kubectl", "helm");

describe("substitute for the Vault chart, rendered by Helm", function () {
  if (helm === undefined) return skip("the binary `helm` is not on this machine");

  const template = (values: object) =>
    spawnSync(helm, ["template", "vault", chart, "--namespace", "vault", "--values", "-"], {
      input: stringify(values),
      encoding: "utf8",
    });

  interface StatefulSet {
    kind: string;
    spec: {
      persistentVolumeClaimRetentionPolicy?: unknown;
      template: {
        metadata: { labels: Record<string, string>; annotations?: unknown };
        spec: Record<string, unknown> & {
          containers: {
            env: { name: string; value?: string; valueFrom?: unknown }[];
            volumeMounts: { name: string; mountPath: string }[];
          }[];
          volumes: unknown[];
        };
      };
      volumeClaimTemplates?: { metadata: object; spec: object }[];
    };
  }

  function render(values: object): Map<string, unknown> {
    const { status, stdout, stderr } = template(values);
    assert.equal(status, 0, stderr);
    const objects = parseAllDocuments(stdout).map(
      (document) => document.toJS() as { kind: string; metadata: { name: string } } | null,
    );
    return new Map(
      objects.flatMap((each) => (each ? [[`${each.kind} ${each.metadata.name}`, each]] : [])),
    );
  }

  const server = (more: object, ha: object = {}) => ({
    injector: { enabled: false },
    server: {
      ha: { enabled: true, raft: { enabled: true, config: "ui = false\n" }, ...ha },
      ...more,
    },
  });
  const statefulSet = (values: object) => render(values).get("StatefulSet vault") as StatefulSet;
  const pod = (values: object) => statefulSet(values).spec.template;
  const container = (values: object) => {
    const [first] = pod(values).spec.containers;
    assert.ok(first);
    return first;
  };
  const refusal = (values: object): string => {
    const { status, stderr } = template(values);
    assert.notEqual(status, 0);
    return stderr;
  };

  it("takes what the program gives it, with and without TLS", () => {
    const common = {
      charts: {},
      namespace: "vault" as const,
      storage: "1Gi",
      storageClass: "local",
      requests: { cpu: "50m", memory: "64Mi" },
      raftPerformanceMultiplier: 1,
      seal: { mode: "shamir", keyShares: 1, keyThreshold: 1 } as const,
    };
    const small = { metrics: false, audit: { mode: "none" }, protect: false } as const;
    const large = {
      metrics: true,
      audit: { mode: "file", storage: "1Gi", maxSize: "100Mi", keep: 8 },
      protect: true,
    } as const;
    const tls = { mode: "secret", secretName: "tls" } as const;
    render(vaultValues({ ...common, ...small, replicas: 1, tls: { mode: "plaintext" } }));
    render(vaultValues({ ...common, ...large, replicas: 3, tls }, "script"));
  });

  it("names the key of the real chart that it does not implement", () => {
    assert.match(refusal(server({ livenessProbe: { enabled: true } })), /'livenessProbe' not/);
    assert.match(refusal(server({ service: { type: "NodePort" } })), /'type' not allowed/);
    assert.match(refusal({ ...server({}), serverTelemetry: {} }), /'serverTelemetry' not/);
  });

  it("refuses the injector, which the real chart installs unless told not to", () => {
    assert.match(refusal({ ...server({}), injector: {} }), /\/injector\/enabled/);
  });

  it("refuses servers that keep their data elsewhere than in the raft", () => {
    assert.match(refusal(server({}, { raft: { enabled: false } })), /server\.ha\.raft\.enabled/);
    assert.match(
      refusal(server({}, { raft: { enabled: true, config: "" } })),
      /server\.ha\.raft\.config/,
    );
    assert.match(
      refusal(server({ standalone: { enabled: false } }, { enabled: false, raft: {} })),
      /server\.standalone\.enabled/,
    );
  });

  it("refuses a configuration that is not text with the real chart's words", () => {
    assert.match(
      refusal(server({}, { raft: { enabled: true, config: { ui: false } } })),
      /structured server config is not supported, value must be a string/,
    );
  });

  it("claims a volume for audit logs beside the one for data, and mounts it", () => {
    const auditStorage = { enabled: true, size: "2Gi", storageClass: "fast", mountPath: "/audit" };
    const values = server({ auditStorage: { ...auditStorage, labels: { keep: "always" } } });
    const [data, audit, ...rest] = statefulSet(values).spec.volumeClaimTemplates ?? [];
    assert.deepEqual(data?.metadata, { name: "data" });
    assert.deepEqual(audit?.metadata, { name: "audit", labels: { keep: "always" } });
    assert.deepEqual(audit.spec, {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "fast",
      resources: { requests: { storage: "2Gi" } },
    });
    assert.deepEqual(rest, []);
    assert.deepEqual(container(values).volumeMounts[0], { name: "audit", mountPath: "/audit" });
  });

  it("claims no volume when both storages are off", () => {
    const { spec } = statefulSet(server({ dataStorage: { enabled: false } }));
    assert.ok(!("volumeClaimTemplates" in spec));
  });

  it("schedules as told: by text that is a template, or by YAML", () => {
    const spread = [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" }];
    const { spec } = pod(
      server({
        affinity: { nodeAffinity: {} },
        topologySpreadConstraints: spread,
        tolerations: '- key: "{{ .Release.Name }}"\n  operator: Exists',
        nodeSelector: { disk: "ssd" },
        priorityClassName: "system-cluster-critical",
        terminationGracePeriodSeconds: 33,
      }),
    );
    assert.deepEqual(spec["affinity"], { nodeAffinity: {} });
    assert.deepEqual(spec["topologySpreadConstraints"], spread);
    assert.deepEqual(spec["tolerations"], [{ key: "vault", operator: "Exists" }]);
    assert.deepEqual(spec["nodeSelector"], { disk: "ssd" });
    assert.equal(spec["priorityClassName"], "system-cluster-critical");
    assert.equal(spec["terminationGracePeriodSeconds"], 33);
  });

  it("keeps servers apart unless told otherwise, and leaves the rest of scheduling alone", () => {
    assert.ok("podAntiAffinity" in (pod(server({})).spec["affinity"] as object));
    const { spec } = pod(server({ affinity: "" }));
    for (const key of ["affinity", "topologySpreadConstraints", "tolerations", "nodeSelector"])
      assert.ok(!(key in spec), key);
  });

  it("writes names of variables in capitals and takes values from Secrets", () => {
    const { env } = container(
      server({
        extraEnvironmentVars: { "foo.bar": 1 },
        extraSecretEnvironmentVars: [{ envName: "TOKEN", secretName: "s", secretKey: "k" }],
      }),
    );
    assert.deepEqual(env.slice(-2), [
      { name: "FOO_BAR", value: "1" },
      { name: "TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
    ]);
  });

  it("marks pods, never their selector, with extra labels and annotations", () => {
    const set = statefulSet(server({ extraLabels: { team: "x" }, annotations: { note: "blue" } }));
    assert.equal(set.spec.template.metadata.labels["team"], "x");
    assert.deepEqual(set.spec.template.metadata.annotations, { note: "blue" });
    assert.ok(
      !JSON.stringify((set.spec as unknown as { selector: object }).selector).includes("team"),
    );
  });

  it("adds volumes, and says what becomes of claims", () => {
    const policy = { whenDeleted: "Delete", whenScaled: "Retain" };
    const set = statefulSet(
      server({
        volumes: [{ name: "tls", secret: { secretName: "s" } }],
        volumeMounts: [{ name: "tls", mountPath: "/vault/tls" }],
        persistentVolumeClaimRetentionPolicy: policy,
      }),
    );
    assert.deepEqual(set.spec.persistentVolumeClaimRetentionPolicy, policy);
    const { volumes, containers } = set.spec.template.spec;
    assert.ok(volumes.some((volume) => (volume as { name: string }).name === "tls"));
    assert.ok(containers[0]?.volumeMounts.some(({ mountPath }) => mountPath === "/vault/tls"));
  });

  it("puts containers beside the server, which may see its processes", () => {
    const beside = { name: "beside", image: "x" };
    const { spec } = pod(server({ extraContainers: [beside], shareProcessNamespace: true }));
    assert.deepEqual(spec.containers[1], beside);
    assert.equal(spec["shareProcessNamespace"], true);
    const alone = pod(server({})).spec;
    assert.equal(alone.containers.length, 1);
    assert.ok(!("shareProcessNamespace" in alone));
  });

  it("ends the server by a hook of its own, or by the one it is given", () => {
    const hook = (more: object) =>
      (container(server(more)) as unknown as Hooked).lifecycle.preStop.exec.command;
    assert.match(hook({})[2] ?? "", /^sleep 5; killall -TERM vault$/);
    assert.deepEqual(hook({ preStop: ["a", 'say "b"'] }), ["a", 'say "b"']);
  });

  it("lets as many servers go as leaves the raft its majority", () => {
    const allowed = (ha: object): unknown =>
      (
        render(server({}, { raft: { enabled: true, config: "ui = false" }, ...ha })).get(
          "PodDisruptionBudget vault",
        ) as { spec: { maxUnavailable: number } } | undefined
      )?.spec.maxUnavailable;
    assert.equal(allowed({ replicas: 5 }), 2);
    assert.equal(allowed({ replicas: 3 }), 1);
    assert.equal(allowed({ replicas: 5, disruptionBudget: { maxUnavailable: 1 } }), 1);
    assert.equal(allowed({ replicas: 1, disruptionBudget: { maxUnavailable: 1 } }), 0);
    assert.equal(allowed({ replicas: 3, disruptionBudget: { enabled: false } }), undefined);
  });

  it("adds disable_mlock to either language, once", () => {
    const config = (text: string) => {
      const map = render(server({}, { raft: { enabled: true, config: text } })).get(
        "ConfigMap vault-config",
      ) as { data: Record<string, string> };
      return map.data["extraconfig-from-values.hcl"] ?? "";
    };
    assert.match(config("# no disable_mlock\nui = false\n"), /^disable_mlock = true$/m);
    assert.equal(config("disable_mlock = false").match(/disable_mlock/g)?.length, 1);
    assert.deepEqual(JSON.parse(config('{"ui":false}')), { ui: false, disable_mlock: true });
  });
});
