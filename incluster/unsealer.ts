import { setTimeout as sleep } from "node:timers/promises";
import { environmentOf } from "./environment.ts";
import { KeyStore } from "./keys.ts";
import { type SealStatus, VaultClient } from "./vault.ts";

/** This program looks at every Vault server each two seconds, and unseals the one that came back sealed. */
const variable = environmentOf<"unsealer.ts">();
const servers = variable("VAULT_ADDRESSES")
  .split(",")
  .map((address) => new VaultClient(address, variable("VAULT_CACERT", "")));
const store = new KeyStore(variable("KEYS_SECRET"), "unseal");
const troubles = new Map<string, string>();
process.on("SIGTERM", () => process.exit(0));

for (;;) {
  await Promise.all(servers.map(check));
  await sleep(2_000);
}

async function check(server: VaultClient): Promise<void> {
  try {
    const status = await server.sealStatus();
    if (status.initialized && status.sealed) await unseal(server, status);
    troubles.delete(server.address);
  } catch (error) {
    report(server, error instanceof Error ? error.message : String(error));
  }
}

async function unseal(server: VaultClient, status: SealStatus): Promise<void> {
  const keys = await store.read();
  if (keys.state !== "stored")
    throw new Error(`it is sealed, and Secret ${store.name} has no keys`);
  if (await server.unseal(keys.keys, status)) console.log(`${server.address}: unsealed`);
}

/** Logs a trouble once, not every two seconds. */
function report(server: VaultClient, trouble: string): void {
  if (troubles.get(server.address) === trouble) return;
  troubles.set(server.address, trouble);
  console.error(`${server.address}: ${trouble}`);
}
