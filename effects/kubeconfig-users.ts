import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { dirname, isAbsolute, resolve, sep } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { User } from "@kubernetes/client-node/dist/config_types.js";

/** What kubectl reads of a user, and the client's own reader passes over (findings/client-node-passes-over-token-files.sh). */
interface PassedOver {
  tokenFile?: string;
  "as-groups"?: string[];
  "as-uid"?: string;
  "as-user-extra"?: Record<string, string[]>;
}

type Headers = Record<string, string | string[]>;

const headersOf = new WeakMap<User, () => Headers>();

/**
 * Reads for the users of one file what the client's reader passes over. It reads the file again only where such a word is in it.
 * Paths in it begin at the file's folder.
 */
export async function completeUsers(config: KubeConfig, file: string): Promise<void> {
  const folder = dirname(file);
  for (const { exec } of config.users) useFolder(exec as { command?: unknown } | undefined, folder);
  const text = readFileSync(file, "utf8");
  if (!/\b(tokenFile|as-groups|as-uid|as-user-extra)\b/.test(text)) return;
  const { parse } = await import("yaml");
  const { users } = parse(text, { merge: true }) as {
    users: { name: string; user?: PassedOver | null }[];
  };
  for (const user of config.users) {
    const own = users.find(({ name }) => name === user.name)?.user;
    if (own) headersOf.set(user, () => ({ ...impersonation(own), ...token(own, folder) }));
  }
}

/** Lets all that is asked with the kubeconfig carry what was passed over. A file with a token is read each time: it is renewed. */
export function sendPassedOver(config: KubeConfig): void {
  const apply = config.applyToHTTPSOptions.bind(config);
  config.applyToHTTPSOptions = async (options: RequestOptions) => {
    await apply(options);
    const user = config.getCurrentUser();
    options.headers = { ...options.headers, ...(user && headersOf.get(user)?.()) };
  };
}

/** A command with a folder in it is a path; one without is looked for as the shell does. */
function useFolder(exec: { command?: unknown } | undefined, folder: string): void {
  const command = exec?.command;
  if (exec === undefined || typeof command !== "string" || !command.includes(sep)) return;
  if (!isAbsolute(command)) exec.command = resolve(folder, command);
}

function token({ tokenFile }: PassedOver, folder: string): Headers {
  if (!tokenFile) return {};
  return { Authorization: `Bearer ${readFileSync(resolve(folder, tokenFile), "utf8").trim()}` };
}

function impersonation(user: PassedOver): Headers {
  const { "as-groups": groups, "as-uid": uid, "as-user-extra": extra } = user;
  return {
    ...(groups && { "Impersonate-Group": groups }),
    ...(uid && { "Impersonate-Uid": uid }),
    ...Object.fromEntries(
      Object.entries(extra ?? {}).map(([key, values]) => [
        `Impersonate-Extra-${encodeURIComponent(key.toLowerCase())}`,
        values,
      ]),
    ),
  };
}
