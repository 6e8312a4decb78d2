import {
  flag,
  readBack,
  text,
  type Fields,
  type Outcome,
  type ResourceType,
} from "../host/resource.ts";
import type { Props } from "../host/values.ts";
import { because, type VaultClient } from "./client.ts";

const fields: Fields = {
  path: { kind: "string", computed: true, replaces: true },
  type: { kind: "string", required: true, replaces: true },
  description: { kind: "string", replaces: true },
  local: { kind: "boolean", replaces: true },
  options: { kind: "map", required: true, replaces: true },
};

export const audit: ResourceType<VaultClient> = {
  token: "vault:index/audit:Audit",
  fields,
  async create(vault, planned) {
    const path = text(planned, "path") || text(planned, "type");
    await vault
      .write(`sys/audit/${path}`, device(planned))
      .catch(because("error enabling audit backend: "));
    return readBack(path, planned, () => current(vault, path, planned));
  },
  read: (vault, id, state) => current(vault, id, state),
  update() {
    throw new Error("An audit device cannot be changed, only replaced.");
  },
  async remove(vault, id) {
    await vault.remove(`sys/audit/${id}`).catch(because("error disabling audit backend Vault: "));
  },
};

const device = (planned: Props): Props => ({
  type: text(planned, "type"),
  description: text(planned, "description"),
  options: planned["options"] ?? {},
  local: flag(planned, "local"),
});

/** Vault only lists its devices. The real provider does not look whether one is local. */
async function current(
  vault: VaultClient,
  path: string,
  known: Props,
): Promise<Outcome | undefined> {
  const devices = await vault.read("sys/audit").catch(because("error reading from Vault: "));
  const found = devices?.[`${path}/`] as Props | undefined;
  if (found === undefined) return undefined;
  const state: Props = {
    path,
    type: text(found, "type"),
    description: text(found, "description"),
    options: found["options"] ?? {},
    local: flag(known, "local"),
  };
  return { id: path, state };
}
