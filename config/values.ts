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
export const cron = z
  .string()
  .regex(/^\S+( \S+){4}$/, 'must be a cron schedule of five fields such as "0 3 * * *"');
export const port = z.int().min(1024).max(65535);
export const replicas = z.int().min(1).max(9);

/** What a container asks of the scheduler. */
export const requests = z.strictObject({ cpu: quantity, memory: quantity });
