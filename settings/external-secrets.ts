import { z } from "zod";
import { existing, install, place } from "./parts.ts";
import { dnsSubdomain, replicas, requests } from "./values.ts";

const refreshInterval = z
  .string()
  .regex(/^[0-9]+(s|m|h)$/, 'must be a duration such as "1h"')
  .default("1h")
  .meta({ title: "duration", examples: ["1h"] })
  .describe(
    "How often Vault is read again; the password of the database's user is read every minute.",
  );

export const externalSecrets = z
  .discriminatedUnion("mode", [
    z
      .strictObject({
        mode: install,
        replicas: replicas.default(2).describe("Pods of the operator, and as many of its webhook."),
        requests: requests("50m", "128Mi").describe("What each pod asks of the scheduler."),
        refreshInterval,
      })
      .describe("This program installs it, with rights in the platform's namespaces only."),
    z
      .strictObject({
        mode: existing,
        ...place("external-secrets", { "app.kubernetes.io/name": "external-secrets" }),
        account: dnsSubdomain
          .default("external-secrets")
          .describe(
            "Service account of its pods, which gets the right to keep the copies in the platform's namespaces.",
          ),
        refreshInterval,
      })
      .describe("The cluster has it, of a version that serves external-secrets.io/v1."),
  ])
  .prefault({ mode: "install" })
  .describe("External Secrets, the operator that copies secrets from Vault into the namespaces.");
