import { Cron } from "croner";
import { z } from "zod";

export const quantity = z
  .string()
  .regex(
    /^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
    'must be a Kubernetes quantity such as "512Mi"',
  )
  .meta({ title: "quantity", examples: ["10Gi"] });
export const mebibytes = z
  .string()
  .regex(/^[0-9]+(Mi|Gi)$/, 'must be whole "Mi" or "Gi", such as "512Mi"')
  .meta({ title: "whole Mi or Gi", examples: ["512Mi"] });
export const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be a DNS label: lower-case letters, digits, dashes",
  )
  .meta({ title: "DNS label" });
/** A wildcard would publish the shortener under every name that reaches the gateway. */
export const host = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/,
    'must be one full host name such as "s.example.com"; wildcards are refused',
  )
  .meta({ title: "host name", examples: ["s.example.com"] });
export const cidr = z
  .union([z.cidrv4(), z.cidrv6()], { error: 'must be a CIDR such as "10.0.0.0/8"' })
  .meta({ title: "CIDR", examples: ["10.0.0.0/8"] });
/** The form that Kubernetes takes: no names, and Sunday is 0 only. */
export const cron = z
  .string()
  .refine(
    (text) => /^([\d*,/-]+ ){4}[0-6*,/-]+$/.test(text) && happens(text),
    'must be a cron schedule of five numeric fields that happens, such as "0 3 * * 0"',
  )
  .meta({ title: "cron schedule", examples: ["0 3 * * 0"] });
/** Ports below 1024 need a privileged process. */
export const port = z.int().min(1024).max(65535);
export const replicas = z.int().min(1).max(9);

export const requests = z
  .strictObject({
    cpu: quantity.describe("Cores, or thousandths of one."),
    memory: quantity.describe("Memory."),
  })
  .meta({ title: "cpu and memory", examples: [{ cpu: "250m", memory: "512Mi" }] });

/** A mode that switches a part off has no settings of its own. */
export const none = z.strictObject({ mode: z.literal("none") });

export const internalTls = z
  .strictObject({
    mode: z.literal("internal"),
    validityDays: z
      .int()
      .min(2)
      .max(825)
      .describe("Days for which a certificate is valid. Apple's clients accept at most 825."),
    renewBeforeDays: z
      .int()
      .min(1)
      .describe(
        "Days before the end from which the next `pulumi up` makes a new certificate; fewer than `validityDays`.",
      ),
  })
  .refine((tls) => tls.renewBeforeDays < tls.validityDays, {
    path: ["renewBeforeDays"],
    message: "must be less than validityDays: each `pulumi up` would make another certificate",
  });

/** The thirtieth of February never happens. */
function happens(schedule: string): boolean {
  try {
    return new Cron(schedule, { mode: "5-part" }).nextRun() !== null;
  } catch {
    return false;
  }
}
