import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi/errors.js";
import type { Held } from "../../effects/held.ts";
import type { Demands } from "../../effects/verify.ts";
import { usualSurroundings } from "./surroundings.ts";

/** No volumes, and servers that are not there. */
const nothingHeld: Held = {
  volumes: [],
  vault: { namespace: "vault", name: "vault", replicas: 1, seal: "", keys: [] },
  secrets: { mode: "install", copies: "shlink/shlink-secrets" },
  postgres: { namespace: "postgres", name: "shlink-db", version: 17, backups: "none" },
};

/** A stack that needs nothing of the cluster but to be the one of context `here`. */
export const noDemands: Demands = {
  context: "here",
  namespaces: [],
  releases: [],
  chartFiles: [],
  storageClasses: [],
  apis: [],
  objects: [],
  existing: [],
  taken: [],
  surroundings: { ...usualSurroundings, policies: "none" },
  held: nothingHeld,
};

/** The sentence with which the program refuses: Pulumi shows a RunError as its message alone, any other error with its stack. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RunError, String(error));
  assert.ok(!error.message.includes("\n"), error.message);
  return error.message;
}
