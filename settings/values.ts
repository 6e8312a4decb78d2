import { Cron } from "croner";
import { z } from "zod";

export const quantity = z
  .string()
  .regex(
    /^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
    'must be a Kubernetes quantity such as "512Mi"',
  );
export const mebibytes = z
  .string()
  .regex(/^[0-9]+(Mi|Gi)$/, 'must be whole "Mi" or "Gi", such as "512Mi"');
export const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be a DNS label: lower-case letters, digits, dashes",
  );
/** A wildcard would publish the shortener under every name that reaches the gateway. */
export const host = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/,
    'must be one full host name such as "s.example.com"; wildcards are refused',
  );
export const cidr = z.union([z.cidrv4(), z.cidrv6()], {
  error: 'must be a CIDR such as "10.0.0.0/8"',
});
/** As Kubernetes takes it: no names, and Sunday is 0 only. */
export const cron = z
  .string()
  .refine(
    (text) => /^([\d*,/-]+ ){4}[0-6*,/-]+$/.test(text) && happens(text),
    'must be a cron schedule of five numeric fields that happens, such as "0 3 * * 0"',
  );
export const port = z.int().min(1024).max(65535);
export const replicas = z.int().min(1).max(9);

/**
 * A certificate of the program's own authority, and how many days before its end the next `pulumi up` makes
 * another. Clients of Apple take none that is valid for longer.
 */
export const internalTls = z
  .strictObject({
    mode: z.literal("internal"),
    validityDays: z.int().min(2).max(825),
    renewBeforeDays: z.int().min(1),
  })
  .refine((tls) => tls.renewBeforeDays < tls.validityDays, {
    path: ["renewBeforeDays"],
    message: "must be less than validityDays: each `pulumi up` would make another certificate",
  });

/** What a container asks of the scheduler. */
export const requests = z.strictObject({ cpu: quantity, memory: quantity });

/** The thirtieth of February does not. */
function happens(schedule: string): boolean {
  try {
    return new Cron(schedule, { mode: "5-part" }).nextRun() !== null;
  } catch {
    return false;
  }
}
