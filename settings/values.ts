import { Cron } from "croner";
import { z } from "zod";
import { cronFields } from "../platform/cron.ts";
import { parseQuantity } from "../platform/quantity.ts";

/** A wrong quantity ends the check: rules that compare it would only repeat that it is wrong. */
const quantityMessage =
  'must be a Kubernetes quantity above zero in quotes, such as "1" or "512Mi"';
export const quantity = z
  .string(quantityMessage)
  .regex(/^(?=.*[1-9])[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, {
    error: quantityMessage,
    abort: true,
  })
  .meta({ title: "quantity", examples: ["10Gi"] });
export const mebibytes = z
  .string()
  .regex(/^0*[1-9][0-9]*(Mi|Gi)$/, {
    error: 'must be whole "Mi" or "Gi", such as "512Mi"',
    abort: true,
  })
  .meta({ title: "whole Mi or Gi", examples: ["512Mi"] });
export const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be a DNS label: lower-case letters, digits, dashes",
  )
  .meta({ title: "DNS label" });
/** Kubernetes' own bound for names of most objects, Secrets and StorageClasses among them. */
export const dnsSubdomain = z
  .string()
  .regex(
    /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    "must be a DNS subdomain: lower-case letters, digits, dashes and dots",
  )
  .meta({ title: "DNS subdomain" });
/** A wildcard would publish the shortener under every name that reaches the gateway. */
export const host = z
  .string()
  .regex(
    /^(?=.{1,253}$)(?!.*\.[0-9]+$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+$/,
    'must be one full host name such as "s.example.com", each part at most 63 characters; wildcards are refused',
  )
  .meta({ title: "host name", examples: ["s.example.com"] });
export const cidr = z
  .union([z.cidrv4(), z.cidrv6()], { error: 'must be a CIDR such as "10.0.0.0/8"' })
  .meta({ title: "CIDR", examples: ["10.0.0.0/8"] });
/** A network that is not simply everybody. */
export const narrowCidr = cidr.refine(
  (network) => !network.endsWith("/0"),
  "must not be every address: name the networks that are meant",
);
export const ipAddress = z
  .union([z.ipv4(), z.ipv6()], { error: 'must be an IP address such as "203.0.113.7"' })
  .meta({ title: "IP address", examples: ["203.0.113.7"] });
/** Any text that a log or a command line shows as it is. Editors read its pattern without the flag for Unicode. */
export const line = z
  .string()
  .min(1)
  .regex(/^[ -~\u00a0-\uffff]*$/, "must be one line without control characters");
/** A key of labels and annotations: a name of at most 63 characters, after a domain where there is one. */
const qualified =
  /^(?:(?=[^/]{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
export const qualifiedName = z
  .string()
  .regex(
    qualified,
    'must be a name such as "example.com/team", at most 63 characters after the slash',
  )
  .meta({ title: "qualified name", examples: ["example.com/team"] });
export const labelValue = z
  .string("must be a text in quotes")
  .regex(
    /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
    "must be a label's value: at most 63 letters, digits, dashes, dots and underscores",
  );
export const labels = z
  .record(qualifiedName, labelValue)
  .meta({ title: "names and values", examples: [{ "example.com/team": "web" }] });
export const annotations = z
  .record(qualifiedName, z.string("must be a text in quotes"))
  .meta({ title: "names and values", examples: [{ "example.com/owner": "web team" }] });
/** The form that Kubernetes takes: names of months and days count in any case, and Sunday is 0 only. */
export const cron = z
  .string()
  .refine(
    isSchedule,
    'must be a cron schedule of five fields that happens, such as "0 3 * * 0", or a short form such as "@daily"',
  )
  .meta({ title: "cron schedule", examples: ["0 3 * * 0"] });
/** Ports below 1024 need a privileged process. */
export const port = z.int().min(1024).max(65535);
export const replicas = z.int().min(1).max(9);
/** The autoscalers of Istio's charts go up to 5, and refuse a minimum above that. */
export const scaledReplicas = z
  .int()
  .min(1)
  .max(5, "must be at most 5, the maximum of the chart's autoscaler");

/** What a container asks of the scheduler; each half has its default. */
export const requests = (cpu: string, memory: string) =>
  z
    .strictObject({
      cpu: quantity.default(cpu).describe("Cores, or thousandths of one."),
      memory: quantity.default(memory).describe("Memory."),
    })
    .prefault({ cpu, memory })
    .meta({ title: "cpu and memory", examples: [{ cpu: "250m", memory: "512Mi" }] });

/** Kubernetes refuses a container that asks for more than its limit. */
export const withinLimit = ({
  requests: { memory: requested },
  memory: limit,
}: {
  requests: { memory: string };
  memory: string;
}) => parseQuantity(requested) <= parseQuantity(limit);

/** A mode that switches a part off has no settings of its own. */
export const none = z.strictObject({ mode: z.literal("none") });

export const internalTls = z
  .strictObject({
    mode: z.literal("internal"),
    validityDays: z
      .int()
      .min(2)
      .max(825)
      .default(365)
      .describe("Days for which a certificate is valid. Apple's clients accept at most 825."),
    renewBeforeDays: z
      .int()
      .min(1)
      .default(90)
      .describe(
        "Days before the end from which the next `pulumi up` makes a new certificate; fewer than `validityDays`.",
      ),
  })
  .refine((tls) => tls.renewBeforeDays < tls.validityDays, {
    path: ["renewBeforeDays"],
    message: "must be less than validityDays: each `pulumi up` would make another certificate",
  });

const month = /(?:[\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)+/;
const weekday = /(?:[0-6*,/-]|sun|mon|tue|wed|thu|fri|sat)+/;
const fields = new RegExp(`^([\\d*,/-]+ ){3}${month.source} ${weekday.source}$`, "i");

/** The thirtieth of February never happens. */
function isSchedule(text: string): boolean {
  const schedule = cronFields(text);
  if (!fields.test(schedule)) return false;
  try {
    return new Cron(schedule, { mode: "5-part" }).nextRun() !== null;
  } catch {
    return false;
  }
}
