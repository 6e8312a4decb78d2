import type { VaultSeal } from "./types.ts";

type AutoSeal = Exclude<VaultSeal, { mode: "shamir" }>;

const folder = "/vault/seal";

/** The stanza of Vault's configuration; empty for Shamir, which is the default. No secret is in it. */
export function sealStanza(seal: VaultSeal): string {
  if (seal.mode === "shamir") return "";
  const lines = Object.entries(parameters(seal)).map(([key, value]) => `  ${key} = "${value}"\n`);
  return `\nseal "${seal.mode}" {\n${lines.join("")}}\n`;
}

function parameters(seal: AutoSeal): Record<string, string> {
  switch (seal.mode) {
    case "awskms":
      return { region: seal.region, kms_key_id: seal.keyId };
    case "gcpckms":
      return {
        project: seal.project,
        region: seal.region,
        key_ring: seal.keyRing,
        crypto_key: seal.cryptoKey,
      };
    case "azurekeyvault":
      return { tenant_id: seal.tenantId, vault_name: seal.vaultName, key_name: seal.keyName };
    case "transit":
      return {
        address: seal.address,
        mount_path: seal.mountPath,
        key_name: seal.keyName,
        // Else it would be the authority in VAULT_CACERT, which is the servers' own.
        tls_ca_cert: `${folder}/ca.crt`,
      };
  }
}

/** What the chart has to know, so that the pods may use the key: an identity of the cloud, or a token. */
export function sealValues(seal: VaultSeal) {
  switch (seal.mode) {
    case "shamir":
      return {};
    case "awskms":
      return seal.roleArn === undefined
        ? {}
        : account({ "eks.amazonaws.com/role-arn": seal.roleArn });
    case "gcpckms":
      return account({ "iam.gke.io/gcp-service-account": seal.serviceAccount });
    case "azurekeyvault":
      return {
        ...account({ "azure.workload.identity/client-id": seal.clientId }),
        extraLabels: { "azure.workload.identity/use": "true" },
      };
    case "transit":
      return {
        extraSecretEnvironmentVars: [
          { envName: "VAULT_TOKEN", secretName: seal.secretName, secretKey: "token" },
        ],
      };
  }
}

const account = (annotations: Record<string, string>) => ({ serviceAccount: { annotations } });

/** The authority of the transit server. */
export function sealVolumes(seal: VaultSeal) {
  if (seal.mode !== "transit") return { volumes: [], volumeMounts: [] };
  const items = [{ key: "ca.crt", path: "ca.crt" }];
  return {
    volumes: [{ name: "seal", secret: { secretName: seal.secretName, items } }],
    volumeMounts: [{ name: "seal", mountPath: folder, readOnly: true }],
  };
}

/** TCP ports on which a server reaches what unseals it; GKE's metadata service has two of its own, EKS' agent one. */
export function sealPorts(seal: VaultSeal): number[] {
  if (seal.mode === "shamir") return [];
  if (seal.mode === "transit") return [Number(new URL(seal.address).port || 443)];
  if (seal.mode === "gcpckms") return [80, 443, 988];
  return seal.mode === "awskms" && seal.roleArn === undefined ? [80, 443] : [443];
}
