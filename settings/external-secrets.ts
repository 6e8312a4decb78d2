import { z } from "zod";
import { replicas, requests } from "./values.ts";

export const externalSecrets = z.strictObject({
  replicas,
  requests,
  /** How often External Secrets reads Vault again, as a Go duration. */
  refreshInterval: z.string().regex(/^[0-9]+(s|m|h)$/, 'must be a duration such as "1h"'),
});
