import {
  flag,
  number,
  readBack,
  strings,
  text,
  type Change,
  type Field,
  type Fields,
  type Outcome,
  type ResourceType,
} from "../host/resource.ts";
import type { Props } from "../host/values.ts";
import { because, type VaultClient } from "./client.ts";

const list: Field = { kind: "list" };
const seconds: Field = { kind: "integer", computed: true };

const fields: Fields = {
  path: { kind: "string", required: true },
  type: { kind: "string", required: true, replaces: true },
  description: { kind: "string" },
  options: { kind: "map" },
  defaultLeaseTtlSeconds: seconds,
  maxLeaseTtlSeconds: seconds,
  forceNoCache: { kind: "boolean", computed: true },
  sealWrap: { kind: "boolean", computed: true, replaces: true },
  local: { kind: "boolean", replaces: true },
  externalEntropyAccess: { kind: "boolean", default: false, replaces: true },
  listingVisibility: { kind: "string" },
  auditNonHmacRequestKeys: { ...list, computed: true },
  auditNonHmacResponseKeys: { ...list, computed: true },
  passthroughRequestHeaders: list,
  allowedResponseHeaders: list,
  accessor: { kind: "string", output: true },
};

/** Tunable settings: ours and Vault's name. */
const tunable: [string, string][] = [
  ["description", "description"],
  ["listingVisibility", "listing_visibility"],
  ["auditNonHmacRequestKeys", "audit_non_hmac_request_keys"],
  ["auditNonHmacResponseKeys", "audit_non_hmac_response_keys"],
  ["passthroughRequestHeaders", "passthrough_request_headers"],
  ["allowedResponseHeaders", "allowed_response_headers"],
];

const pathOf = (mount: string) => `sys/mounts/${mount}`;

export const mount: ResourceType<VaultClient> = {
  token: "vault:index/mount:Mount",
  fields,
  async create(vault, planned) {
    const path = text(planned, "path");
    await vault
      .write(pathOf(path), creation(planned), "POST")
      .catch(because("error writing to Vault: "));
    return readBack(path, planned, () => current(vault, path, planned));
  },
  read: (vault, id, state) => current(vault, text(state, "path") || id, state),
  async update(vault, change) {
    const path = await moved(vault, change);
    await tune(vault, path, change);
    const { planned } = change;
    return (await readBack(path, planned, () => current(vault, path, planned))).state;
  },
  async remove(vault, id, state) {
    await vault
      .remove(pathOf(text(state, "path") || id))
      .catch(because("error deleting from Vault: "));
  },
};

function creation(planned: Props): Props {
  const given = tunable.filter(([key]) => key !== "description" && isGiven(planned, key));
  return {
    type: text(planned, "type"),
    description: text(planned, "description"),
    config: {
      ...leases(planned),
      force_no_cache: flag(planned, "forceNoCache"),
      ...Object.fromEntries(given.map(([key, name]) => [name, planned[key] ?? null])),
    },
    local: flag(planned, "local"),
    seal_wrap: flag(planned, "sealWrap"),
    external_entropy_access: flag(planned, "externalEntropyAccess"),
    options: planned["options"] ?? {},
  };
}

const isGiven = (planned: Props, key: string) =>
  text(planned, key) || strings(planned, key).length > 0;

const leases = (planned: Props) => ({
  default_lease_ttl: `${number(planned, "defaultLeaseTtlSeconds") || 0}s`,
  max_lease_ttl: `${number(planned, "maxLeaseTtlSeconds") || 0}s`,
});

/** A change of the path makes no new mount: Vault moves the old one with what is in it. */
async function moved(vault: VaultClient, { id, state, planned, changed }: Change): Promise<string> {
  const path = text(planned, "path");
  if (!changed.has("path")) return path;
  const from = text(state, "path") || id;
  await vault.remount(from, path).catch(because("error remounting in Vault: "));
  return path;
}

async function tune(vault: VaultClient, path: string, { planned, changed }: Change): Promise<void> {
  const differing = tunable.filter(([key]) => changed.has(key));
  const body: Props = {
    ...leases(planned),
    options: planned["options"] ?? {},
    ...Object.fromEntries(
      differing.map(([key, name]) => [
        name,
        planned[key] ?? (fields[key]?.kind === "list" ? [] : ""),
      ]),
    ),
  };
  await vault.write(`${pathOf(path)}/tune`, body, "POST").catch(because("error updating Vault: "));
}

async function current(
  vault: VaultClient,
  path: string,
  known: Props,
): Promise<Outcome | undefined> {
  const found = await vault.readMount(pathOf(path));
  if (found === undefined) return undefined;
  const config = (found["config"] ?? {}) as Props;
  const state: Props = {
    path,
    ...kindOf(found, known),
    description: text(found, "description"),
    accessor: text(found, "accessor"),
    local: flag(found, "local"),
    sealWrap: flag(found, "seal_wrap"),
    externalEntropyAccess: flag(found, "external_entropy_access"),
    forceNoCache: flag(config, "force_no_cache"),
    defaultLeaseTtlSeconds: number(config, "default_lease_ttl"),
    maxLeaseTtlSeconds: number(config, "max_lease_ttl"),
    listingVisibility: text(config, "listing_visibility"),
  };
  for (const [key, name] of tunable)
    if (fields[key]?.kind === "list") state[key] = strings(config, name);
  return { id: path, state };
}

/** "kv-v2" is a name for version 2 of "kv", by which Vault itself calls it. */
function kindOf(found: Props, known: Props): Props {
  const options = { ...((found["options"] ?? {}) as Props) };
  const alias =
    text(known, "type") === "kv-v2" && found["type"] === "kv" && options["version"] === "2";
  const asked = (known["options"] ?? {}) as Props;
  if (alias && asked["version"] === undefined) delete options["version"];
  return { type: alias ? "kv-v2" : text(found, "type"), options };
}
