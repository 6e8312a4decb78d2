import { readBack, text, type Fields, type Outcome, type ResourceType } from "../host/resource.ts";
import { because, type VaultClient } from "./client.ts";

const fields: Fields = {
  name: { kind: "string", required: true, autoname: true, replaces: true },
  policy: { kind: "string", required: true },
};

const pathOf = (name: string) => `sys/policies/acl/${name}`;

export const policy: ResourceType<VaultClient> = {
  token: "vault:index/policy:Policy",
  fields,
  async create(vault, planned) {
    const name = text(planned, "name");
    await write(vault, name, text(planned, "policy"));
    return readBack(name, planned, () => current(vault, name));
  },
  read: (vault, id) => current(vault, id),
  async update(vault, { id, planned }) {
    await write(vault, id, text(planned, "policy"));
    return (await readBack(id, planned, () => current(vault, id))).state;
  },
  async remove(vault, id) {
    await vault.remove(pathOf(id)).catch(because("error deleting from Vault: "));
  },
};

async function write(vault: VaultClient, name: string, rules: string): Promise<void> {
  await vault.write(pathOf(name), { policy: rules }).catch(because("error writing to Vault: "));
}

/** A policy that is gone is read as an empty one, so that the next update writes it again. */
async function current(vault: VaultClient, name: string): Promise<Outcome> {
  const found = await vault.read(pathOf(name)).catch(because("error reading from Vault: "));
  return { id: name, state: { name, policy: text(found ?? {}, "policy") } };
}
