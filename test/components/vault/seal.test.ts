import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { sealPorts } from "../../../components/vault/seal.ts";
import { vaultConfig } from "../../../components/vault/config.ts";
import { vaultValues } from "../../../components/vault/server.ts";
import type { ServedArgs, VaultSeal } from "../../../components/vault/types.ts";
import { synth, type Synthesis } from "../../support/synth.ts";

const keys = { keyShares: 5, keyThreshold: 3 };
const id = "7b1d2f6e-0d7c-4b57-9c55-0f8f2f7f1c11";
const seals = {
  awskms: { mode: "awskms", ...keys, region: "eu-west-1", keyId: "alias/vault", roleArn: "arn:r" },
  gcpckms: {
    mode: "gcpckms",
    ...keys,
    project: "p",
    region: "europe-west1",
    keyRing: "r",
    cryptoKey: "k",
    serviceAccount: "vault@p.iam.gserviceaccount.com",
  },
  azurekeyvault: {
    mode: "azurekeyvault",
    ...keys,
    tenantId: id,
    vaultName: "v",
    keyName: "k",
    clientId: id,
  },
  transit: {
    mode: "transit",
    ...keys,
    address: "https://vault.example.com:8200",
    mountPath: "transit",
    keyName: "shlink",
    secretName: "vault-transit",
  },
} satisfies Record<string, VaultSeal>;

const args = (seal: VaultSeal): ServedArgs => ({
  charts: {},
  namespace: "vault",
  replicas: 3,
  storage: "1Gi",
  storageClass: "s",
  requests: { cpu: "1", memory: "1Gi" },
  raftPerformanceMultiplier: 1,
  tls: { mode: "secret", secretName: "t" },
  metrics: false,
  seal,
  audit: { mode: "none" },
  protect: false,
});
const stanza = (seal: VaultSeal) => vaultConfig(args(seal)).split('\nseal "')[1];
const account = (seal: VaultSeal) => {
  const { server } = vaultValues(args(seal)) as { server: { serviceAccount?: object } };
  return server.serviceAccount;
};

describe("Vault's seal", () => {
  it("is Vault's own without a stanza for Shamir", () => {
    assert.doesNotMatch(vaultConfig(args({ mode: "shamir", ...keys })), /seal/);
  });

  it("names the key of AWS, and the role that may use it", () => {
    assert.equal(
      stanza(seals.awskms),
      'awskms" {\n  region = "eu-west-1"\n  kms_key_id = "alias/vault"\n}\n',
    );
    assert.deepEqual(account(seals.awskms), {
      annotations: { "eks.amazonaws.com/role-arn": "arn:r" },
    });
  });

  it("has no role at its account for EKS Pod Identity, and a way to the agent on the node", () => {
    const { mode, region, keyId } = seals.awskms;
    const keyless = { mode, ...keys, region, keyId };
    assert.equal(stanza(keyless), stanza(seals.awskms));
    assert.equal(account(keyless), undefined);
    assert.deepEqual(sealPorts(keyless), [80, 443]);
  });

  it("names the key of Google, and the service account that may use it", () => {
    assert.equal(
      stanza(seals.gcpckms),
      'gcpckms" {\n  project = "p"\n  region = "europe-west1"\n  key_ring = "r"\n  crypto_key = "k"\n}\n',
    );
    assert.deepEqual(account(seals.gcpckms), {
      annotations: { "iam.gke.io/gcp-service-account": "vault@p.iam.gserviceaccount.com" },
    });
  });

  it("names the key of Azure, and the application that may use it", () => {
    assert.equal(
      stanza(seals.azurekeyvault),
      `azurekeyvault" {\n  tenant_id = "${id}"\n  vault_name = "v"\n  key_name = "k"\n}\n`,
    );
    assert.deepEqual(account(seals.azurekeyvault), {
      annotations: { "azure.workload.identity/client-id": id },
    });
    const { server } = vaultValues(args(seals.azurekeyvault)) as {
      server: { extraLabels: object };
    };
    assert.deepEqual(server.extraLabels, { "azure.workload.identity/use": "true" });
  });

  it("takes the transit server's token and authority from a Secret, and has neither in the configuration", () => {
    assert.match(stanza(seals.transit) ?? "", /tls_ca_cert = "\/vault\/seal\/ca\.crt"/);
    assert.doesNotMatch(vaultConfig(args(seals.transit)), /token/);
    const { server } = vaultValues(args(seals.transit));
    assert.deepEqual(
      (server as { extraSecretEnvironmentVars?: object }).extraSecretEnvironmentVars,
      [{ envName: "VAULT_TOKEN", secretName: "vault-transit", secretKey: "token" }],
    );
    assert.deepEqual(
      server.volumes.map(({ name }) => name),
      ["tls", "seal"],
    );
    assert.deepEqual(server.volumeMounts[1], {
      name: "seal",
      mountPath: "/vault/seal",
      readOnly: true,
    });
  });

  it("opens Vault's way to the service that unseals, and to nothing with Shamir", () => {
    assert.deepEqual(Object.values(seals).map(sealPorts), [[443], [80, 443, 988], [443], [8200]]);
    assert.deepEqual(sealPorts({ ...seals.transit, address: "https://v.example.com" }), [443]);
    assert.deepEqual(sealPorts({ mode: "shamir", ...keys }), []);
  });

  for (const seal of Object.values(seals))
    it(`needs no unsealer with ${seal.mode}, and its own way out`, async () => {
      const prod = await synth("prod", { vault: { seal } });
      const unsealers = prod.registrations.filter(
        ({ name, type }) =>
          name === "vault-unsealer" && /Deployment|Role|ServiceAccount/.test(type),
      );
      assert.deepEqual(unsealers, []);
      const job = prod.resource("kubernetes:batch/v1:Job::vault-bootstrap");
      assert.match(JSON.stringify(job.inputs), /"vault-recovery-keys"/);
      assert.ok(egressPorts(prod).includes(sealPorts(seal)[0] ?? 0));
    });
});

/** Where Vault's pods may go outside of the cluster. */
function egressPorts(stack: Synthesis): number[] {
  const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy::vault";
  const egress = stack.input(policy, "spec", "egress") as Rule[];
  const outside = egress.filter(({ to }) => to[0]?.ipBlock?.cidr === "0.0.0.0/0");
  return outside.flatMap(({ ports }) => ports.map(({ port }) => port));
}

interface Rule {
  to: { ipBlock?: { cidr: string } }[];
  ports: { port: number }[];
}
