import { setTimeout as sleep } from "node:timers/promises";
import { KeyStore } from "./keys.ts";
import { VaultClient } from "./vault.ts";

/** Looks at every Vault server each two seconds, and opens the one that came back sealed. */
const servers = (process.env["VAULT_ADDRESSES"] ?? "")
  .split(",")
  .map((address) => new VaultClient(address));
const store = new KeyStore(process.env["KEYS_SECRET"] ?? "", "unseal");
const troubles = new Map<string, string>();
process.on("SIGTERM", () => process.exit(0));

for (;;) {
  await Promise.all(servers.map(attend));
  await sleep(2_000);
}

async function attend(server: VaultClient): Promise<void> {
  try {
    const { initialized, sealed } = await server.sealStatus();
    if (initialized && sealed) await open(server);
    troubles.delete(server.address);
  } catch (error) {
    tell(server, error instanceof Error ? error.message : String(error));
  }
}

async function open(server: VaultClient): Promise<void> {
  const keys = await store.read();
  if (keys.state !== "stored")
    throw new Error(`it is sealed, and Secret ${store.name} has no keys`);
  await server.unseal(keys.keys);
  console.log(`${server.address}: unsealed`);
}

/** Each trouble once, not every two seconds. */
function tell(server: VaultClient, trouble: string): void {
  if (troubles.get(server.address) === trouble) return;
  troubles.set(server.address, trouble);
  console.error(`${server.address}: ${trouble}`);
}
