import type { Ask } from "../effects/api.ts";

/** What helps where the API server refuses a request with this status. */
function remedyFor(status: number): string {
  if (status === 401) return "Log in again, or choose another context.";
  if (status === 403) return "Use an account that may, or another context.";
  if (status === 404) return "Is the context the right one? Look at: npm run doctor";
  return "Run this again; if it stays so, look at: npm run doctor";
}

/** Says in a sentence that the API server refused something, and what helps. */
export const refused = (what: string, { status, body }: Refused) =>
  new Error(
    `${what}: ${body.message ?? "the API server does not say why"} (HTTP ${status}). ${remedyFor(status)}`,
  );

interface Refused {
  status: number;
  body: { message?: string };
}

/**
 * Reads what a command cannot do without.
 * @param what the subject of the sentence that is said where it cannot be read
 * @throws Error with that sentence
 */
export async function read<T>(ask: Ask, path: string, what: string): Promise<T> {
  const answer = await ask<T>(path);
  if (answer.status === 200) return answer.body;
  throw refused(`${what} cannot be read`, answer);
}

/** Reads a list likewise; whatever answers without one is no API server. */
export async function readList<T>(ask: Ask, path: string, what: string): Promise<T[]> {
  const { items } = await read<{ items?: T[] | null }>(ask, path, what);
  if (items === undefined)
    throw new Error(
      `${what} cannot be read: the answer is no list, as of another server. Correct the address in the kubeconfig, or choose another context.`,
    );
  return items ?? [];
}
