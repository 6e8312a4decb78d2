import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, beforeEach, describe, it } from "mocha";
import { rotateCertificates } from "../../../operate/rotations/certificates.ts";
import type { Settings } from "../../../settings/index.ts";
import { newAuthority } from "../../support/certificates.ts";
import { fakeTools, type FakeTools, fitting, putSecret } from "../support/tools.ts";

const certificates =
  "/apis/cert-manager.io/v1/namespaces/istio-ingress/certificates/shlink-certificate";
const settings = (vault: object, routing: object) =>
  ({
    vault: { mode: "install", replicas: 2, tls: vault },
    routing: { hosts: ["s.example.com"], tls: routing },
  }) as unknown as Pick<Settings, "vault" | "routing">;
const internal = { mode: "internal", validityDays: 30, renewBeforeDays: 10 };

describe("Other certificates", () => {
  let tools: FakeTools;
  let pem: string;
  let asked: string[];
  before(async () => {
    pem = (await newAuthority()).certificate;
  });
  beforeEach(() => {
    [tools, asked] = [fakeTools(), []];
    for (const [namespace, name] of [
      ["vault", "vault-server-tls"],
      ["istio-ingress", "shlink-tls"],
    ] as const)
      putSecret(tools, namespace, name, { "tls.crt": pem });
    // A server loads the new one a while after it is in the Secret.
    let looks = 0;
    tools.served = ({ labels, servername }) => {
      asked.push(`${Object.values(labels).join()} ${servername}`);
      looks++;
      return Promise.resolve(looks < 8 ? "old" : new X509Certificate(pem).fingerprint256);
    };
  });

  it("are made for Vault and the gateway by one `pulumi up`, and awaited at each server", async () => {
    await rotateCertificates(tools, settings(internal, internal));
    assert.deepEqual(tools.steps, [
      "up --replace **PrivateKey::vault-server --replace **PrivateKey::gateway",
    ]);
    assert.deepEqual(await fitting(tools.steps[0] ?? "", { routing: { tls: internal } }), [
      "tls:index/privateKey:PrivateKey::vault-server",
      "tls:index/privateKey:PrivateKey::gateway",
    ]);
    assert.deepEqual(
      new Set(asked),
      new Set([
        "vault-0 vault.vault.svc",
        "vault-1 vault.vault.svc",
        "ingressgateway s.example.com",
      ]),
    );
    assert.equal(tools.told.length, 3);
  });

  it("are issued by cert-manager where that has them, its other conditions kept", async () => {
    const ready = { type: "Ready", status: "True" };
    const status = { conditions: [ready] };
    const generation: object = { generation: 2 };
    tools.api.put(certificates, { metadata: generation, status });
    tools.api.put(`${certificates}/status`, { status });
    const tls = { mode: "certManager", issuer: { kind: "Issuer", name: "i" } };
    await rotateCertificates(tools, settings({ mode: "plaintext" }, tls));
    assert.deepEqual(tools.steps, []);
    const written = tools.api.objects.get(`${certificates}/status`)?.["status"] as typeof status;
    const [kept, issuing] = written.conditions as (typeof ready & {
      observedGeneration?: number;
    })[];
    assert.deepEqual(kept, ready);
    assert.equal(issuing?.type, "Issuing");
    assert.equal(issuing?.observedGeneration, 2);
  });

  it("that do not come to be served are told of", async () => {
    tools.served = () => Promise.resolve("old");
    await assert.rejects(
      rotateCertificates(tools, settings(internal, { mode: "plaintext" })),
      /did not come: another certificate of Secret vault\/vault-server-tls at vault-0/,
    );
  });

  it("that are brought by hand are not made", async () => {
    const brought = settings({ mode: "secret", secretName: "x" }, { mode: "plaintext" });
    await assert.rejects(
      rotateCertificates(tools, brought),
      /No certificate is made by this stack/,
    );
    assert.deepEqual(tools.steps, []);
  });
});
