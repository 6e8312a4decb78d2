import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { merge } from "../../../local/stack/stacks.ts";
import { render, stackSettings } from "../../../plan/render.ts";
import { images } from "../../../platform/images.ts";
import { component, synth, type Synthesis } from "../../support/synth.ts";

const authority = "kubernetes:core/v1:ConfigMap::shlink-db-ca";
const migration = "kubernetes:batch/v1:Job::shlink-migration";
const service = "kubernetes:core/v1:Service::shlink";
const servers = "kubernetes:apps/v1:Deployment::shlink";
const budget = "kubernetes:policy/v1:PodDisruptionBudget::shlink";
const synced = "kubernetes:external-secrets.io/v1:ExternalSecret::shlink-secrets";

describe("Shlink", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });
  const pod = (stack: Synthesis, key: string, ...path: (string | number)[]) =>
    stack.input(key, "spec", "template", "spec", ...path);
  const container = (key: string, ...path: (string | number)[]) =>
    pod(prod, key, "containers", 0, ...path);
  const env = (stack: Synthesis, key: string) => {
    const variables = pod(stack, key, "containers", 0, "env") as { name: string; value: string }[];
    return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  };

  it("is its first key, its way to Vault, the database's authority, a migration, and servers behind a Service", () => {
    const expected = [
      servers,
      migration,
      authority,
      service,
      "random:index/randomPassword:RandomPassword::api-key",
      component("SecretReader", "external-secrets"),
      component("VaultSecret", "shlink-api-key"),
    ];
    assert.deepEqual(dev.children(component("Shlink", "shlink")), expected.sort());
    assert.deepEqual(prod.children(component("Shlink", "shlink")), [...expected, budget].sort());
  });

  it("migrates once the secrets are there, and serves once it has migrated", () => {
    assert.deepEqual(prod.resource(migration).dependsOn, [synced]);
    assert.deepEqual(prod.resource(servers).dependsOn, [migration]);
  });

  it("migrates once, when the database, Redis for the lock and the mesh are there", () => {
    const { dependsOn } = prod.resource(component("Shlink", "shlink"));
    for (const [type, name] of [
      ["Redis", "redis"],
      ["Database", "database"],
      ["Mesh", "mesh"],
    ] as const)
      assert.ok(dependsOn.includes(component(type, name)), name);
    assert.equal(env(prod, migration)["SHLINK_RUNTIME"], "init");
    assert.ok("REDIS_SERVERS" in env(prod, migration));
  });

  it("has as many servers as are set, and never fewer while they are replaced", () => {
    assert.equal(prod.input(servers, "spec", "replicas"), 3);
    assert.equal(dev.input(servers, "spec", "replicas"), 1);
    assert.deepEqual(prod.input(servers, "spec", "strategy"), {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
    const [spread] = pod(prod, servers, "topologySpreadConstraints") as { topologyKey: string }[];
    assert.equal(spread?.topologyKey, "kubernetes.io/hostname");
  });

  it("loses one server at a time to drains, where there are several", () => {
    assert.equal(prod.input(budget, "spec", "maxUnavailable"), 1);
    assert.deepEqual(prod.input(budget, "spec", "selector", "matchLabels"), { app: "shlink" });
  });

  it("is selected by the same label everywhere", () => {
    const labels = { app: "shlink" };
    assert.deepEqual(prod.input(service, "spec", "selector"), labels);
    assert.deepEqual(prod.input(servers, "spec", "selector", "matchLabels"), labels);
    assert.equal(prod.input(servers, "spec", "template", "metadata", "labels", "app"), "shlink");
    assert.notEqual(
      prod.input(migration, "spec", "template", "metadata", "labels", "app"),
      "shlink",
    );
  });

  it("migrates without a sidecar, which would never let the Job end", () => {
    const labels = prod.input(migration, "spec", "template", "metadata", "labels");
    assert.equal((labels as Record<string, string>)["sidecar.istio.io/inject"], "false");
  });

  it("migrates again in the same pod, whose address the network policies know by then", () => {
    assert.equal(pod(prod, migration, "restartPolicy"), "OnFailure");
    assert.equal(prod.input(migration, "spec", "backoffLimit"), 3);
  });

  it("runs the pinned image without a token of Kubernetes, on a root it cannot write", () => {
    assert.equal(images.shlink, "docker.io/shlinkio/shlink:4.6.0");
    assert.doesNotMatch(prod.text(), /:(stable|latest)"/);
    for (const key of [migration, servers]) {
      assert.equal(container(key, "image"), images.shlink);
      assert.equal(pod(prod, key, "automountServiceAccountToken"), false);
      assert.equal(container(key, "securityContext", "readOnlyRootFilesystem"), true);
    }
  });

  it("gets its passwords as files, and no secret in its environment", () => {
    for (const key of [migration, servers]) {
      const variables = pod(prod, key, "containers", 0, "env") as object[];
      for (const variable of variables)
        assert.deepEqual(Object.keys(variable).sort(), ["name", "value"]);
      assert.equal(env(prod, key)["DB_PASSWORD_FILE"], "/run/secrets/shlink/db-password");
      const volumes = pod(prod, key, "volumes") as { name: string; secret?: object }[];
      const secrets = volumes.find(({ name }) => name === "secrets");
      assert.deepEqual(secrets?.secret, { secretName: "shlink-secrets", defaultMode: 0o440 });
    }
  });

  it("gives the first API key to the migration only", () => {
    assert.equal(env(prod, migration)["INITIAL_API_KEY_FILE"], "/run/secrets/shlink/api-key");
    assert.ok(!("INITIAL_API_KEY_FILE" in env(prod, servers)));
    assert.ok(!("SHLINK_RUNTIME" in env(prod, servers)));
  });

  it("starts its servers anew when a secret has a new version", () => {
    const annotations = prod.input(servers, "spec", "template", "metadata", "annotations");
    assert.equal((annotations as Record<string, string>)["shlink-platform/secrets"], "1-1-1");
  });

  it("stays alive without its database, but is neither ready nor started", () => {
    assert.deepEqual(container(servers, "livenessProbe", "tcpSocket"), { port: 8080 });
    assert.equal(container(servers, "livenessProbe", "httpGet"), undefined);
    for (const probe of ["readinessProbe", "startupProbe"])
      assert.deepEqual(container(servers, probe, "httpGet"), { path: "/rest/health", port: 8080 });
    // A killed migration holds its lock for ten minutes.
    const start = (key: string) => container(servers, "startupProbe", key) as number;
    assert.ok(start("periodSeconds") * start("failureThreshold") > 600);
  });

  it("runs the other release where the settings choose it, the migration too", async () => {
    const newer = await synth("prod", { shlink: { version: "5.1" } });
    for (const key of [migration, servers])
      assert.equal(pod(newer, key, "containers", 0, "image"), "docker.io/shlinkio/shlink:5.1.5");
  });

  it("has as many servers as their CPU calls for, where that is set, and room for the most", async () => {
    const change = { shlink: { replicas: 2, autoscaling: { mode: "cpu", maximum: 4 } } };
    const scaled = await synth("prod", change);
    const spec = scaled.input("kubernetes:autoscaling/v2:HorizontalPodAutoscaler::shlink", "spec");
    assert.deepEqual(spec, {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shlink" },
      minReplicas: 2,
      maxReplicas: 4,
      metrics: [
        {
          type: "ContainerResource",
          containerResource: {
            name: "cpu",
            container: "shlink",
            target: { type: "Utilization", averageUtilization: 70 },
          },
        },
      ],
    });
    assert.equal(scaled.input(servers, "spec", "replicas"), 2);
    const quota = "kubernetes:core/v1:ResourceQuota::shlink-quota";
    const fixed = await synth("prod", { shlink: { replicas: 4 } });
    assert.deepEqual(scaled.input(quota, "spec"), fixed.input(quota, "spec"));
    assert.equal(prod.of("HorizontalPodAutoscaler").length, 0);
    const one = { replicas: 1, autoscaling: { mode: "cpu", maximum: 2 } };
    assert.equal((await synth("prod", { shlink: one })).of("PodDisruptionBudget").length, 1);
  });

  it("leaves the number of its servers to the autoscaler, once they are made", async () => {
    const shlink = { autoscaling: { mode: "cpu", maximum: 4 } };
    const settings = merge(stackSettings("prod"), { shlink }) as Record<string, unknown>;
    const ignored: unknown[] = [];
    await render("prod", settings, ({ name, type, opts }) => {
      if (`${type}::${name}` === servers)
        ignored.push((opts as { ignoreChanges?: string[] }).ignoreChanges);
      return undefined;
    });
    assert.deepEqual(ignored, [["spec.replicas"]]);
  });

  it("drains: a server is asked to end after the gateway has learned of it", () => {
    const stop = container(servers, "lifecycle", "preStop", "exec", "command");
    assert.deepEqual(stop, ["sleep", "5"]);
    assert.equal(pod(prod, servers, "terminationGracePeriodSeconds"), 60);
    assert.equal(container(migration, "lifecycle"), undefined);
  });

  it("is off the critical path with its Service, whose pods come later", () => {
    assert.equal(prod.input(service, "metadata", "annotations", "pulumi.com/skipAwait"), "true");
    assert.deepEqual(prod.input(service, "spec", "ports"), [
      { name: "http", port: 8080, targetPort: 8080, appProtocol: "http" },
    ]);
  });

  it("makes links of the first host, with https where there is a certificate", () => {
    assert.equal(env(prod, servers)["DEFAULT_DOMAIN"], "s.example.com");
    assert.equal(env(prod, servers)["IS_HTTPS_ENABLED"], "true");
    assert.equal(env(dev, servers)["DEFAULT_DOMAIN"], "shlink.local");
    assert.equal(env(dev, servers)["IS_HTTPS_ENABLED"], "false");
  });

  it("gives servers and migration the memory that the workers are counted for", () => {
    for (const key of [migration, servers])
      assert.deepEqual(container(key, "resources", "limits"), { memory: "1Gi" });
    const { WEB_WORKER_NUM, TASK_WORKER_NUM, MEMORY_LIMIT } = env(prod, servers);
    const used =
      (Number(WEB_WORKER_NUM) + Number(TASK_WORKER_NUM)) * Number.parseInt(MEMORY_LIMIT ?? "");
    assert.ok(used > 512 && used < 1024, `${used} MiB`);
  });

  it("has the same environment in every stack but for what the settings say", () => {
    const names = (stack: Synthesis) => Object.keys(env(stack, servers));
    // Only dev has a page, which calls the API from a browser.
    assert.deepEqual(names(dev), [...names(prod), "CORS_ALLOW_ORIGIN"]);
    assert.ok(!names(prod).some((name) => /(PASSWORD|KEY)$/.test(name)));
  });
});
