import type { Ask } from "../effects/api.ts";

/**
 * Reads what a command cannot do without.
 * @param what the subject of the sentence that is said where it cannot be read
 * @throws Error with that sentence
 */
export async function read<T>(ask: Ask, path: string, what: string): Promise<T> {
  const { status, body } = await ask<T>(path);
  if (status === 200) return body;
  throw new Error(`${what} cannot be read: ${body.message} (HTTP ${status}).`);
}
