import { setTimeout as sleep } from "node:timers/promises";
import { type Login, Postgres, ServerError } from "./postgres.ts";

/** The network policies of others learn of this pod's address only after a moment. */
const attempts = 30;

/** A certificate that is wrong stays wrong. */
const isDistrust = (error: unknown) =>
  /^(ERR_TLS|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO)/.test((error as { code?: string }).code ?? "");

/**
 * Opens a session with a server that may not be reached yet, or still starts up.
 * @param source where the login comes from, for whom the server refuses
 * @throws Error where the server refuses, is not the one that was meant, or is not reached within a minute
 */
export async function openPatiently(login: Login, source: string): Promise<Postgres> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await Postgres.open(login);
    } catch (error) {
      if (error instanceof ServerError && !error.passes)
        throw new Error(`${error.message}; its login is ${source}`, { cause: error });
      if (attempt === attempts || isDistrust(error)) throw error;
      console.log(`No connection yet: ${(error as Error).message}`);
    }
    await sleep(2_000);
  }
}

/** A text as SQL writes it. */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
