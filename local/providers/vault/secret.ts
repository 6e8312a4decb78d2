import {
  flag,
  number,
  readBack,
  text,
  type Fields,
  type Outcome,
  type ResourceType,
} from "../host/resource.ts";
import { hasUnknown, type Props, type Value } from "../host/values.ts";
import { because, type VaultClient } from "./client.ts";
import { canonicalJson } from "./json.ts";

const fields: Fields = {
  mount: { kind: "string", required: true, replaces: true },
  name: { kind: "string", required: true, autoname: true, replaces: true },
  dataJson: {
    kind: "string",
    required: true,
    secret: true,
    normalise: canonicalJson,
    refuse: refuseJson,
  },
  cas: { kind: "integer" },
  options: { kind: "map" },
  disableRead: { kind: "boolean", default: false },
  deleteAllVersions: { kind: "boolean", default: false },
  customMetadata: { kind: "object", computed: true },
  path: { kind: "string", output: true },
  data: { kind: "map", output: true, secret: true },
  metadata: { kind: "map", output: true },
};

/** What is wrong is told without the text: it is a secret. */
function refuseJson(value: Value): string | undefined {
  try {
    const parsed: unknown = JSON.parse(typeof value === "string" ? value : "");
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return undefined;
  } catch {
    // The same sentence fits.
  }
  return `"dataJson" must be a JSON object`;
}

export const secret: ResourceType<VaultClient> = {
  token: "vault:kv/secretV2:SecretV2",
  fields,
  async create(vault, planned) {
    const id = await write(vault, planned);
    return readBack(id, planned, () => current(vault, id, planned));
  },
  read: current,
  async update(vault, { planned }) {
    const id = await write(vault, planned);
    return (await readBack(id, planned, () => current(vault, id, planned))).state;
  },
  async remove(vault, _, state) {
    const below = flag(state, "deleteAllVersions") ? "metadata" : "data";
    const path = `${text(state, "mount")}/${below}/${text(state, "name")}`;
    await vault.remove(path).catch(because(`error deleting "${path}" from Vault: `));
  },
};

async function write(vault: VaultClient, planned: Props): Promise<string> {
  const at = (below: string) => `${text(planned, "mount")}/${below}/${text(planned, "name")}`;
  const data = JSON.parse(text(planned, "dataJson")) as Props;
  const body: Props = { data, cas: number(planned, "cas"), options: planned["options"] ?? {} };
  await vault.writePatiently(at("data"), body);
  const custom = planned["customMetadata"];
  if (custom !== undefined && !hasUnknown(custom)) {
    await vault
      .write(at("metadata"), metadataBody(custom as Props))
      .catch(because(`error writing custom metadata to ${at("metadata")}, err=`));
  }
  return at("data");
}

function metadataBody(custom: Props): Props {
  const body: Props = {};
  if (number(custom, "maxVersions") > 0) body["max_versions"] = number(custom, "maxVersions");
  if (flag(custom, "casRequired")) body["cas_required"] = true;
  const after = number(custom, "deleteVersionAfter");
  if (after > 0) body["delete_version_after"] = `${after}s`;
  if (custom["data"] !== undefined) body["custom_metadata"] = custom["data"];
  return body;
}

/**
 * The values themselves are not read: a change made inside Vault shows in `metadata` only, and a
 * version that was deleted, but not destroyed, is still there.
 */
async function current(vault: VaultClient, id: string, known: Props): Promise<Outcome | undefined> {
  const [, mount, name] = /^(.+?)\/data\/(.+)$/.exec(id) ?? [];
  if (mount === undefined || name === undefined) {
    throw new Error(`unable to read mount from ID ${id}, err=no mount found`);
  }
  const inputs = Object.entries(known).filter(([, value]) => !hasUnknown(value));
  const state: Props = { ...Object.fromEntries(inputs), path: id, mount, name };
  if (flag(known, "disableRead")) return { id, state };
  const found = await vault.read(id).catch(because("error reading from Vault: "));
  if (found === undefined) return undefined;
  const metadata = (found["metadata"] ?? {}) as Props;
  state["data"] = {};
  state["metadata"] = Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, word(value)]),
  );
  if ("custom_metadata" in metadata) {
    const custom = await vault.read(`${mount}/metadata/${name}`);
    state["customMetadata"] = customMetadata(custom ?? {});
  }
  return { id, state };
}

const word = (value: Value) => (typeof value === "string" ? value : JSON.stringify(value));

function customMetadata(found: Props): Props {
  const custom: Props = {
    maxVersions: number(found, "max_versions"),
    casRequired: flag(found, "cas_required"),
    deleteVersionAfter: seconds(text(found, "delete_version_after")),
  };
  const data = found["custom_metadata"];
  return data === undefined || data === null ? custom : { ...custom, data };
}

/** A Go duration such as 3h12m10s. */
function seconds(duration: string): number {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1 };
  const parts = [...duration.matchAll(/([\d.]+)([hms])/g)];
  return parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? "s"] ?? 0),
    0,
  );
}
