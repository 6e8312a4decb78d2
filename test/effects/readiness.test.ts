import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, it } from "mocha";
import { kubernetes } from "../../effects/cluster.ts";
import type { DemandedPart } from "../../effects/parts.ts";
import type { PartName } from "../../platform/parts.ts";
import type { StackState } from "../../effects/state.ts";
import { mark } from "../support/synth.ts";
import { useApiServer } from "../support/api-server.ts";
import { noDemands, refusalOf } from "../support/demands.ts";

const admission = "admissionregistration.k8s.io";
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const review = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const clusterUid = "6a0cbb43-5a0d-4d38-8a1b-51e13cd7e9c0";
const of = (namespace: string, name: string) => ({
  annotations: {
    "meta.helm.sh/release-namespace": namespace,
    "meta.helm.sh/release-name": name,
  },
});
const fresh: StackState = { namespaces: {} };
const running: StackState = { namespaces: { vault: "v" }, cluster: clusterUid };

describe("What the stack finds in the cluster before it makes anything", () => {
  const api = useApiServer();
  beforeEach(async () => {
    const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
    await pulumi.runtime.setMocks(mocks, "shlink-platform", "dev", true);
    api.answers = {
      "GET /version": { gitVersion: "v1.34.4" },
      "GET /apis/storage.k8s.io/v1/storageclasses": list({ name: "local-path" }),
      [`GET /apis/${admission}/v1/mutatingwebhookconfigurations`]: list(),
      [`GET ${definitions}`]: list({ name: "certificates.cert-manager.io" }),
      [`GET /apis/${admission}/v1/validatingwebhookconfigurations`]: list({ name: "cert-manager" }),
      [`GET /apis/${admission}/v1`]: { resources: [{ name: "validatingadmissionpolicies" }] },
      [`POST ${review}`]: { status: { allowed: true } },
    };
    namespaces();
  });

  /** The API server sends no empty list of metadata, but `null`. */
  const list = (...metadata: object[]) => ({
    items: metadata.length === 0 ? null : metadata.map((one) => ({ metadata: one })),
  });
  const namespaces = (...own: object[]) => {
    const system = { name: "kube-system", uid: clusterUid };
    api.answers["GET /api/v1/namespaces"] = list(system, ...own);
  };
  const verify = (state = fresh, existing: DemandedPart[] = [], needless: PartName[] = []) =>
    kubernetes(() => Promise.resolve(state)).verify({
      ...noDemands,
      namespaces: ["vault", "postgres"],
      storageClasses: ["local-path"],
      existing,
      taken: existing.map(({ part }) => part),
      needless,
      apis: [
        {
          version: `${admission}/v1`,
          resource: "validatingadmissionpolicies",
          remedy: "set admissionPolicies to false",
        },
      ],
    });
  const refusal = () => refusalOf(verify());

  it("is asked at once, in a preview too, and changes nothing", async () => {
    await verify();
    for (const { method, path } of api.calls)
      assert.ok(method === "GET" || (method === "POST" && path === review), `${method} ${path}`);
    assert.ok(api.calls.length >= 12);
  });

  it("may be hidden from the account, whose other rights then decide", async () => {
    api.otherwise = 403;
    const { "GET /api/v1/namespaces": seen } = api.answers;
    api.answers = { "GET /api/v1/namespaces": seen };
    await verify();
  });

  describe("Somebody else's operator", () => {
    for (const [name, metadata, owner, product, setting] of [
      [
        "gateways.networking.istio.io",
        of("mesh", "base"),
        "of Helm release mesh/base",
        "Istio",
        "mesh",
      ],
      ["sidecars.networking.istio.io", {}, "of no Helm release", "Istio", "mesh"],
      [
        "postgresclusters.postgres-operator.crunchydata.com",
        {},
        "of no Helm release",
        "Crunchy's PostgreSQL operator",
        "postgresOperator",
      ],
      [
        "externalsecrets.external-secrets.io",
        of("eso", "external-secrets"),
        "of Helm release eso/external-secrets",
        "External Secrets",
        "externalSecrets",
      ],
      [
        "redisfailovers.databases.spotahome.com",
        of("redis", "operator"),
        "of Helm release redis/operator",
        "Spotahome's Redis operator",
        "redisOperator",
      ],
    ] as const)
      it(`is found by its definition ${name}`, async () => {
        api.answers[`GET ${definitions}`] = list({ name, ...metadata });
        assert.equal(
          await refusal(),
          `CustomResourceDefinition ${name} is in context here already, ${owner}, and this stack would bring ${product} ` +
            `itself: let it use that one (${setting}.mode existing, see docs/which-parts.md), remove that one with its ` +
            "definitions, or use another cluster.",
        );
      });

    for (const [kind, name] of [
      ["Mutating", "istio-sidecar-injector"],
      ["Validating", "istiod-default-validator"],
      ["Validating", "secretstore-validate"],
    ] as const)
      it(`is found by its webhook ${name}, which outlives its definitions`, async () => {
        const path = `GET /apis/${admission}/v1/${kind.toLowerCase()}webhookconfigurations`;
        api.answers[path] = list({ name, ...of("mesh", "istiod") });
        assert.match(
          await refusal(),
          new RegExp(
            `^${kind}WebhookConfiguration ${name} is in context here already, of Helm release mesh/istiod, `,
          ),
        );
      });

    it("is not looked for by a stack that has made its own", async () => {
      namespaces({ name: "vault", uid: "v", labels: mark("dev") });
      api.answers[`GET ${definitions}`] = list({ name: "gateways.networking.istio.io" });
      await verify({ ...running, namespaces: { vault: "v", "istio-system": "i" } });
    });

    it("is in the way also of a stack that used it so far, and is to bring its own now", async () => {
      namespaces({ name: "vault", uid: "v", labels: mark("dev") });
      api.answers[`GET ${definitions}`] = list({ name: "gateways.networking.istio.io" });
      await assert.rejects(verify(running), /is in context here already/);
    });

    it("is not in the way of a stack that uses it, and has to run", async () => {
      const name = "externalsecrets.external-secrets.io";
      api.answers[`GET ${definitions}`] = list({ name });
      const existing = [
        { part: "externalSecrets" as const, namespace: "eso", pods: { a: "b" }, watched: [] },
      ];
      await verify(fresh, existing);
      api.answers["GET /api/v1/namespaces/eso/pods"] = { items: [] };
      await assert.rejects(verify(fresh, existing), /No pod of External Secrets is ready/);
    });

    it("is not in the way of a stack that needs none, for others have its data", async () => {
      const verified = (name: string) => {
        api.answers[`GET ${definitions}`] = list({ name });
        return verify(fresh, [], ["postgresOperator"]);
      };
      await verified("postgresclusters.postgres-operator.crunchydata.com");
      await assert.rejects(verified("gateways.networking.istio.io"), /is in context here already/);
    });

    it("cannot take the place of what the stack installed", async () => {
      namespaces({ name: "external-secrets", uid: "e", labels: mark("dev") });
      const existing = [
        { part: "externalSecrets" as const, namespace: "eso", pods: { a: "b" }, watched: [] },
      ];
      const state = { ...running, namespaces: { "external-secrets": "e" } };
      await assert.rejects(verify(state, existing), /This stack installed External Secrets itself/);
    });
  });

  it("has to serve what the settings choose", async () => {
    const missing =
      "The API server of context here (Kubernetes v1.34.4) does not serve validatingadmissionpolicies as " +
      "admissionregistration.k8s.io/v1: set admissionPolicies to false.";
    api.answers[`GET /apis/${admission}/v1`] = { resources: [] };
    assert.equal(await refusal(), missing);
    delete api.answers[`GET /apis/${admission}/v1`];
    assert.equal(await refusal(), missing);
  });

  it("has to have the StorageClass", async () => {
    const sentence =
      "There is no StorageClass local-path in context here (setting cluster.storageClass): it has";
    api.answers["GET /apis/storage.k8s.io/v1/storageclasses"] = list({ name: "a" }, { name: "b" });
    assert.equal(await refusal(), `${sentence} a, b.`);
    api.answers["GET /apis/storage.k8s.io/v1/storageclasses"] = list();
    assert.equal(await refusal(), `${sentence} none.`);
  });

  it("has to let the account deploy", async () => {
    api.answers[`POST ${review}`] = { status: { allowed: false } };
    assert.equal(
      await refusal(),
      "The account of context here may not patch namespaces vault: use another account, or let an administrator apply " +
        "docs/deployer.yaml (again, if it is of an older version).",
    );
  });
});
