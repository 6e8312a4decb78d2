import {
  flag,
  number,
  readBack,
  setOrder,
  strings,
  text,
  type Field,
  type Fields,
  type Outcome,
  type ResourceType,
} from "../host/resource.ts";
import type { Props, Value } from "../host/values.ts";
import { because, type VaultClient } from "./client.ts";

const word: Field = { kind: "string" };
const seconds: Field = { kind: "integer" };
const members: Field = { kind: "set" };

const fields: Fields = {
  roleName: { ...word, required: true, replaces: true },
  backend: {
    kind: "string",
    default: "kubernetes",
    replaces: true,
    normalise: (value) => value.replace(/^\/+|\/+$/g, ""),
  },
  boundServiceAccountNames: { ...members, required: true },
  boundServiceAccountNamespaces: members,
  boundServiceAccountNamespaceSelector: word,
  audience: { ...word, default: "" },
  aliasNameSource: { ...word, computed: true },
  tokenBoundCidrs: members,
  tokenPolicies: members,
  tokenTtl: seconds,
  tokenMaxTtl: seconds,
  tokenExplicitMaxTtl: seconds,
  tokenPeriod: seconds,
  tokenNumUses: seconds,
  tokenNoDefaultPolicy: { kind: "boolean" },
  tokenType: { ...word, default: "default" },
};

/** Vault's names are ours in snake case; these two only say where the role lies. */
const place = new Set(["roleName", "backend"]);
const settings = Object.keys(fields).filter((key) => !place.has(key));
const vaultName = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** These fields are sent with every update, changed or not. */
const always = [
  "boundServiceAccountNames",
  "boundServiceAccountNamespaces",
  "boundServiceAccountNamespaceSelector",
];

export const kubernetesRole: ResourceType<VaultClient> = {
  token: "vault:kubernetes/authBackendRole:AuthBackendRole",
  fields,
  async create(vault, planned) {
    const name = text(planned, "roleName").replace(/^\/+|\/+$/g, "");
    const path = `auth/${text(planned, "backend")}/role/${name}`;
    const given = settings.filter((key) => isGiven(planned, key) || always.includes(key));
    await vault
      .write(path, body(planned, given))
      .catch(because(`error writing Kubernetes auth backend role "${path}": `));
    return readBack(path, planned, () => current(vault, path));
  },
  read: current,
  async update(vault, { id, planned, changed }) {
    const given = settings.filter((key) => changed.has(key) || always.includes(key));
    await vault
      .write(id, body(planned, given))
      .catch(because(`error updating Kubernetes auth backend role "${id}": `));
    return (await readBack(id, planned, () => current(vault, id))).state;
  },
  async remove(vault, id) {
    await vault
      .remove(id, 404)
      .catch(because(`error deleting Kubernetes auth backend role "${id}": `));
  },
};

const body = (planned: Props, keys: string[]): Props =>
  Object.fromEntries(keys.map((key) => [vaultName(key), value(planned, key)]));

function isGiven(planned: Props, key: string): boolean {
  const given = value(planned, key);
  return Array.isArray(given) ? given.length > 0 : Boolean(given);
}

/** The value, or the empty one of its kind. */
function value(props: Props, key: string): Value {
  const kind = fields[key]?.kind;
  if (kind === "integer") return number(props, key);
  if (kind === "boolean") return flag(props, key);
  return kind === "set" ? strings(props, key) : text(props, key);
}

async function current(vault: VaultClient, id: string): Promise<Outcome | undefined> {
  const [, backend, roleName] = /^auth\/(.+)\/role\/(.+)$/.exec(id) ?? [];
  if (backend === undefined || roleName === undefined) {
    throw new Error(`invalid path "${id}" for Kubernetes auth backend role: no backend found`);
  }
  const found = await vault
    .read(id)
    .catch(because(`error reading Kubernetes auth backend role "${id}": `));
  if (found === undefined) return undefined;
  const state: Props = { backend, roleName };
  for (const key of settings) {
    const seen: Props = { [key]: found[vaultName(key)] ?? null };
    state[key] = fields[key]?.kind === "set" ? setOrder(strings(seen, key)) : value(seen, key);
  }
  state["tokenBoundCidrs"] = setOrder(strings(state, "tokenBoundCidrs").map(cidr));
  return { id, state };
}

/** Vault gives single addresses back without their prefix length. */
const cidr = (address: string) =>
  address.includes("/") ? address : `${address}/${address.includes(":") ? 128 : 32}`;
