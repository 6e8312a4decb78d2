import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { issuerObjects, podObjects } from "../../stack/objects.ts";
import { openApi } from "../../effects/api.ts";
import { readKubeconfig } from "../../effects/kubeconfig.ts";
import { type DemandedObject, missingObjects, objectObstacle } from "../../effects/objects.ts";
import { stackOf } from "../../stack/index.ts";
import { parseSettings } from "../../settings/index.ts";
import { merge } from "../../local/stack/stacks.ts";
import { stackSettings } from "../../plan/render.ts";
import { useApiServer } from "../support/api-server.ts";

const nothing = {
  registries: {},
  pullSecrets: [],
  images: {},
  nodeSelector: {},
  tolerations: [],
  labels: {},
  annotations: {},
};
const issuer = (kind: "Issuer" | "ClusterIssuer") => ({
  mode: "certManager" as const,
  issuer: { kind, name: "le" },
  certificates: "shared" as const,
  http01: false,
});

describe("An object that the settings name and somebody else makes", () => {
  const api = useApiServer();
  const sentence = async (objects: DemandedObject[]) => {
    const ask = await openApi(await readKubeconfig());
    return objectObstacle(await missingObjects(ask, objects), "here");
  };
  const secrets = () => podObjects({ ...nothing, pullSecrets: ["login"] }, ["vault", "shlink"]);

  it("is a PriorityClass", async () => {
    const objects = podObjects({ ...nothing, priorityClass: "high" }, ["vault"]);
    assert.equal(
      await sentence(objects),
      "There is no PriorityClass high in context here (setting pods.priorityClass): make it first, or correct the setting.",
    );
    api.answers["GET /apis/scheduling.k8s.io/v1/priorityclasses/high"] = {};
    assert.equal(await sentence(objects), undefined);
  });

  it("is a pull secret in every namespace, and each that lacks it is named", async () => {
    assert.equal(
      await sentence(secrets()),
      "There is no Secret login in namespaces vault, shlink in context here (setting pods.pullSecrets): make the " +
        "namespaces first (docs/deployer.yaml), then the Secret in each of them, or correct the setting.",
    );
    api.answers["GET /api/v1/namespaces/vault/secrets/login"] = {};
    assert.match((await sentence(secrets())) ?? "", /Secret login in namespace shlink in context/);
    api.answers["GET /api/v1/namespaces/shlink/secrets/login"] = {};
    assert.equal(await sentence(secrets()), undefined);
  });

  it("is a ClusterIssuer, or an Issuer beside the gateway", async () => {
    assert.equal(
      await sentence(issuerObjects(issuer("ClusterIssuer"))),
      "There is no ClusterIssuer le in context here (setting routing.tls.issuer): make it first, or correct the setting.",
    );
    assert.match(
      (await sentence(issuerObjects(issuer("Issuer")))) ?? "",
      /^There is no Issuer le in namespace istio-ingress in context here .*or name a ClusterIssuer\.$/,
    );
    assert.deepEqual(issuerObjects({ mode: "plaintext" }), []);
  });

  it("is taken to be there where the account may not look", async () => {
    api.otherwise = 403;
    assert.equal(await sentence(secrets()), undefined);
  });

  it("is asked for by its metadata alone: no password comes along", async () => {
    await sentence(secrets());
    for (const { accept } of api.calls) assert.match(accept, /as=PartialObjectMetadata;/);
    assert.equal(api.calls.length, 2);
  });

  it("is demanded by a stack for each of its namespaces", () => {
    const settings = (change: object) =>
      stackOf(parseSettings("f", merge(stackSettings("prod"), change))).demands;
    const { objects, namespaces } = settings({
      pods: { pullSecrets: ["login"], priorityClass: "p" },
    });
    assert.deepEqual(
      objects.map(({ kind, namespace }) => [kind, namespace]),
      [["PriorityClass", undefined], ...namespaces.map((name) => ["Secret", name])],
    );
    assert.deepEqual(settings({}).objects, []);
  });
});
