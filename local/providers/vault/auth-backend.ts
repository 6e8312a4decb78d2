import {
  flag,
  readBack,
  strings,
  text,
  type Change,
  type Fields,
  type Outcome,
  type ResourceType,
} from "../host/resource.ts";
import { hasUnknown, type Props, type Value } from "../host/values.ts";
import { because, type VaultClient } from "./client.ts";

const fields: Fields = {
  type: { kind: "string", required: true, replaces: true },
  path: {
    kind: "string",
    computed: true,
    refuse: (value) =>
      typeof value === "string" && /^\/|\/$/.test(value)
        ? "it must not begin or end with a slash"
        : undefined,
  },
  description: { kind: "string" },
  local: { kind: "boolean", replaces: true },
  disableRemount: { kind: "boolean", default: false },
  tune: { kind: "object", computed: true, refuse: refuseTune },
  accessor: { kind: "string", output: true },
};

/** Settings in `tune`: ours and Vault's name. */
const words: [string, string][] = [
  ["defaultLeaseTtl", "default_lease_ttl"],
  ["maxLeaseTtl", "max_lease_ttl"],
  ["listingVisibility", "listing_visibility"],
  ["tokenType", "token_type"],
];
const lists: [string, string][] = [
  ["auditNonHmacRequestKeys", "audit_non_hmac_request_keys"],
  ["auditNonHmacResponseKeys", "audit_non_hmac_response_keys"],
  ["passthroughRequestHeaders", "passthrough_request_headers"],
  ["allowedResponseHeaders", "allowed_response_headers"],
];

function refuseTune(value: Value): string | undefined {
  const known = new Set([...words, ...lists].map(([key]) => key));
  const unknown = Object.keys(value as Props).find((key) => !known.has(key));
  return unknown === undefined ? undefined : `"tune" has no "${unknown}"`;
}

const pathOf = (mount: string) => `sys/auth/${mount}`;
const tunePathOf = (mount: string) => `sys/mounts/auth/${mount}/tune`;

export const authBackend: ResourceType<VaultClient> = {
  token: "vault:index/authBackend:AuthBackend",
  fields,
  customise(_, { state, planned, replaces }) {
    const path = planned["path"];
    if (state === undefined && hasUnknown(path) && !hasUnknown(planned["type"])) {
      planned["path"] = text(planned, "type");
    }
    if (flag(planned, "disableRemount")) replaces.add("path");
  },
  async create(vault, planned) {
    const path = text(planned, "path");
    const body = {
      type: text(planned, "type"),
      description: text(planned, "description"),
      local: flag(planned, "local"),
      config: {},
    };
    await vault.write(pathOf(path), body, "POST").catch(because("error writing to Vault: "));
    return readBack(path, planned, async () => {
      if (tuneOf(planned) !== undefined) await writeTune(vault, path, tuneBody(planned));
      return current(vault, path, planned);
    });
  },
  read: (vault, id, state) => current(vault, text(state, "path") || id, state),
  async update(vault, change) {
    const { planned, changed } = change;
    const path = await moved(vault, change);
    const body = changed.has("tune") ? tuneBody(planned) : {};
    if (changed.has("description")) body["description"] = text(planned, "description");
    if (Object.keys(body).length > 0) await writeTune(vault, path, body);
    return (await readBack(path, planned, () => current(vault, path, planned))).state;
  },
  async remove(vault, id, state) {
    await vault
      .remove(pathOf(text(state, "path") || id))
      .catch(because("error disabling auth from Vault: "));
  },
};

async function moved(vault: VaultClient, { id, state, planned, changed }: Change): Promise<string> {
  const path = text(planned, "path");
  if (!changed.has("path")) return path;
  const from = `auth/${text(state, "path") || id}`;
  await vault.remount(from, `auth/${path}`).catch(because(`error remounting to "auth/${path}": `));
  return path;
}

function tuneOf(props: Props): Props | undefined {
  const tune = props["tune"];
  return hasUnknown(tune) || typeof tune !== "object" ? undefined : (tune as Props);
}

/** A list that is not given is emptied, as an empty word in it. */
function tuneBody(planned: Props): Props {
  const tune = tuneOf(planned) ?? {};
  const given = words.filter(([key]) => text(tune, key) !== "");
  const body: Props = Object.fromEntries(given.map(([key, name]) => [name, text(tune, key)]));
  for (const [key, name] of lists) {
    const values = strings(tune, key);
    body[name] = values.length === 0 ? [""] : values;
  }
  return body;
}

const writeTune = (vault: VaultClient, path: string, body: Props) =>
  vault.write(tunePathOf(path), body, "POST");

async function current(
  vault: VaultClient,
  path: string,
  known: Props,
): Promise<Outcome | undefined> {
  const found = await vault.readMount(pathOf(path));
  if (found === undefined) return undefined;
  const tuned = await vault
    .read(tunePathOf(path))
    .catch(because("error reading tune information from Vault: "));
  const state: Props = {
    path,
    type: text(found, "type"),
    description: text(found, "description"),
    local: flag(found, "local"),
    accessor: text(found, "accessor"),
    disableRemount: flag(known, "disableRemount"),
    tune: tuneState(tuned ?? {}, tuneOf(known)),
  };
  return { id: path, state };
}

/** Vault fills in defaults and writes durations anew: what the program said stands. */
function tuneState(tuned: Props, known: Props | undefined): Props {
  const state: Props = {
    defaultLeaseTtl: known ? text(known, "defaultLeaseTtl") : duration(tuned["default_lease_ttl"]),
    maxLeaseTtl: known ? text(known, "maxLeaseTtl") : duration(tuned["max_lease_ttl"]),
  };
  for (const [key, name] of words.slice(2)) {
    state[key] = known && text(known, key) === "" ? "" : text(tuned, name);
  }
  for (const [key, name] of lists) {
    const values = strings(tuned, name);
    if (values.length > 0 && values[0] !== "") state[key] = values;
  }
  return state;
}

/** Seconds in Vault's way of writing durations, like 768h or 1h30m. */
function duration(value: Value | undefined): string {
  const seconds = typeof value === "number" ? value : 0;
  const parts = {
    h: Math.floor(seconds / 3600),
    m: Math.floor((seconds % 3600) / 60),
    s: seconds % 60,
  };
  const shown = Object.entries(parts).filter(([, amount]) => amount > 0);
  return shown.map(([unit, amount]) => `${amount}${unit}`).join("") || "0s";
}
