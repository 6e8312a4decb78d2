import {
  flag,
  readBack,
  strings,
  text,
  type Draft,
  type Field,
  type Fields,
  type Outcome,
  type ResourceType,
} from "../host/resource.ts";
import { UNKNOWN, type Props } from "../host/values.ts";
import { because, isAtLeast, type VaultClient } from "./client.ts";

const chosen: Field = { kind: "boolean", computed: true };

const fields: Fields = {
  kubernetesHost: { kind: "string", required: true },
  kubernetesCaCert: { kind: "string", computed: true },
  tokenReviewerJwt: { kind: "string", default: "", secret: true },
  pemKeys: { kind: "list" },
  backend: {
    kind: "string",
    default: "kubernetes",
    replaces: true,
    normalise: (value) => value.replace(/^\/+|\/+$/g, ""),
  },
  issuer: { kind: "string" },
  disableIssValidation: chosen,
  disableLocalCaJwt: chosen,
  useAnnotationsAsAliasMetadata: chosen,
};

const pathOf = (props: Props) => `auth/${text(props, "backend")}/config`;

export const kubernetesConfig: ResourceType<VaultClient> = {
  token: "vault:kubernetes/authBackendConfig:AuthBackendConfig",
  fields,
  customise: dropStaleCertificate,
  async create(vault, planned) {
    const path = pathOf(planned);
    await vault
      .write(path, await body(vault, planned))
      .catch(because(`error writing Kubernetes auth backend config "${path}": `));
    return readBack(path, planned, () => current(vault, path, planned));
  },
  read: current,
  async update(vault, { id, planned }) {
    await vault
      .write(id, await body(vault, planned))
      .catch(because(`error updating Kubernetes auth backend config "${id}": `));
    return (await readBack(id, planned, () => current(vault, id, planned))).state;
  },
  // Vault has no way to delete it; it goes with the backend.
  remove: () => Promise.resolve(),
};

/**
 * A certificate that was once stored for an in-cluster Vault is taken out, because Vault reads the
 * current one itself. For that every comparison asks the server for its version.
 */
async function dropStaleCertificate(vault: VaultClient, { state, inputs, planned }: Draft) {
  if (state === undefined || planned["disableLocalCaJwt"] === true) return;
  const version = await vault.version();
  if (isAtLeast(version, 1, 10) && inputs["kubernetesCaCert"] === undefined) {
    planned["kubernetesCaCert"] = "";
  }
}

/** What is not chosen is sent as "no", even where Vault's own default is "yes". */
async function body(vault: VaultClient, planned: Props): Promise<Props> {
  const data: Props = {
    kubernetes_host: text(planned, "kubernetesHost"),
    disable_iss_validation: flag(planned, "disableIssValidation"),
  };
  const certificate = planned["kubernetesCaCert"] ?? UNKNOWN;
  if (certificate !== UNKNOWN) data["kubernetes_ca_cert"] = certificate;
  const reviewer = text(planned, "tokenReviewerJwt");
  if (reviewer !== "") data["token_reviewer_jwt"] = reviewer;
  if (planned["pemKeys"] !== undefined) data["pem_keys"] = strings(planned, "pemKeys").join(",");
  if (text(planned, "issuer") !== "") data["issuer"] = text(planned, "issuer");
  if (flag(planned, "disableLocalCaJwt")) data["disable_local_ca_jwt"] = true;
  if (await knowsAliasMetadata(vault)) {
    data["use_annotations_as_alias_metadata"] = flag(planned, "useAnnotationsAsAliasMetadata");
  }
  return data;
}

const knowsAliasMetadata = async (vault: VaultClient) =>
  isAtLeast(await vault.version().catch(() => ""), 1, 16);

async function current(vault: VaultClient, id: string, known: Props): Promise<Outcome | undefined> {
  const backend = /^auth\/(.+)\/config$/.exec(id)?.[1];
  if (backend === undefined) {
    throw new Error(`invalid path "${id}" for Kubernetes auth backend config: no backend found`);
  }
  const found = await vault
    .read(id)
    .catch(because(`error reading Kubernetes auth backend config "${id}": `));
  if (found === undefined) return undefined;
  const state: Props = {
    backend,
    kubernetesHost: text(found, "kubernetes_host"),
    kubernetesCaCert: text(found, "kubernetes_ca_cert"),
    issuer: text(found, "issuer"),
    pemKeys: strings(found, "pem_keys"),
    disableIssValidation: flag(found, "disable_iss_validation"),
    disableLocalCaJwt: flag(found, "disable_local_ca_jwt"),
    useAnnotationsAsAliasMetadata: flag(found, "use_annotations_as_alias_metadata"),
    // Vault does not give it back.
    tokenReviewerJwt: text(known, "tokenReviewerJwt"),
  };
  return { id, state };
}
