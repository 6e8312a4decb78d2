import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { openApi } from "../../effects/api.ts";
import { readKubeconfig } from "../../effects/kubeconfig.ts";
import {
  type DemandedPart,
  givenUp,
  madeParts,
  partObstacle,
  surveyParts,
} from "../../effects/parts.ts";
import { useApiServer } from "../support/api-server.ts";

const secrets: DemandedPart = {
  part: "externalSecrets",
  namespace: "eso",
  pods: { app: "eso", tier: "one" },
  watched: ["postgres", "redis"],
};
const pgo: DemandedPart = {
  part: "postgresOperator",
  namespace: "pgo",
  pods: { app: "pgo" },
  watched: ["postgres"],
};
const ready = { conditions: [{ type: "Ready", status: "True" }] };
const pod = (status: object, container: object = {}) => ({
  metadata: { name: "one" },
  spec: { containers: [{ name: "sidecar" }, container] },
  status,
});

describe("A part that the settings take from the cluster", () => {
  const api = useApiServer();
  beforeEach(() => {
    api.otherwise = 403;
  });
  const sentence = async (...demanded: DemandedPart[]) =>
    partObstacle(await surveyParts(await openApi(await readKubeconfig()), demanded), "here");
  const found = (...items: object[]) => {
    api.answers["GET /api/v1/namespaces/eso/pods?labelSelector=app%3Deso%2Ctier%3Done"] = { items };
  };

  it("runs: one pod with the labels is ready", async () => {
    found(pod({}), pod(ready));
    assert.equal(await sentence(secrets), undefined);
    assert.deepEqual(
      api.calls.map(({ method }) => method),
      ["GET"],
    );
  });

  it("is missed where no pod has the labels, or none is ready", async () => {
    const text = (count: number) =>
      "No pod of External Secrets is ready in namespace eso of context here with the labels app=eso,tier=one (settings " +
      `externalSecrets.namespace and externalSecrets.pods): it has ${count}; correct the settings, start it, or choose ` +
      "externalSecrets.mode install.";
    found();
    assert.equal(await sentence(secrets), text(0));
    found(pod({ conditions: [{ type: "Ready", status: "False" }] }), pod({}));
    assert.equal(await sentence(secrets), text(2));
  });

  it("is taken to be there where the account may not look", async () => {
    assert.equal(await sentence(secrets, pgo), undefined);
  });

  it("has to look at our namespaces", async () => {
    found(pod(ready, { args: ["--loglevel=info", "--namespace=redis"] }));
    assert.equal(
      await sentence(secrets),
      "External Secrets in namespace eso of context here looks at some namespaces only, and not at postgres: let it look " +
        "there, or choose externalSecrets.mode install.",
    );
    for (const [name, value, missed] of [
      ["PGO_TARGET_NAMESPACES", "a, postgres", false],
      ["PGO_TARGET_NAMESPACES", "a,b", true],
      ["PGO_TARGET_NAMESPACE", "a", true],
      ["PGO_TARGET_NAMESPACE", "", false],
    ] as const) {
      const items = [pod(ready, { env: [{ name, value }] })];
      api.answers["GET /api/v1/namespaces/pgo/pods?labelSelector=app%3Dpgo"] = { items };
      assert.equal((await sentence(pgo)) !== undefined, missed, `${name}=${value}`);
    }
  });

  it("cannot become so in a stack that has installed it", () => {
    const made = madeParts(["external-secrets", "postgres", "eso"]);
    assert.deepEqual(made, ["externalSecrets"]);
    assert.equal(givenUp([pgo.part], made), undefined);
    assert.equal(
      givenUp([pgo.part, secrets.part], made),
      "This stack installed External Secrets itself; with externalSecrets.mode as it is now it would delete that, its " +
        "definitions and all that was made by them: set externalSecrets.mode to install again.",
    );
  });
});
