import { z } from "zod";

const days = z.int().min(1).max(3650);
const after = (what: string) =>
  days.describe(`Days after which ${what}. Default: when somebody asks for it.`).optional();

/** How old secrets may become. */
export const rotation = z
  .strictObject({
    database: after("Shlink gets another login for PostgreSQL"),
    redis: after("the Redis servers get another password"),
    apiKey: after("the first API key is replaced, and the one before refused"),
    certificates: after(
      "Vault and the gateway get certificates with other keys, where the program makes them",
    ),
  })
  .prefault({})
  .describe(
    "A schedule: `npm run rotate -- due`, which a pipeline runs every night, gives another value to what has become older " +
      "(docs/rotation.md).",
  );
