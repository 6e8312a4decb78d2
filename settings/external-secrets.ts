import { z } from "zod";
import { replicas, requests } from "./values.ts";

export const externalSecrets = z
  .strictObject({
    replicas: replicas.default(2).describe("Pods of the operator, and as many of its webhook."),
    requests: requests("50m", "128Mi").describe("What each pod asks of the scheduler."),
    refreshInterval: z
      .string()
      .regex(/^[0-9]+(s|m|h)$/, 'must be a duration such as "1h"')
      .default("1h")
      .meta({ title: "duration", examples: ["1h"] })
      .describe(
        "How often Vault is read again; the password of the database's user is read every minute.",
      ),
  })
  .prefault({})
  .describe("External Secrets, the operator that copies secrets from Vault into the namespaces.");
