import { parse, stringify } from "yaml";
import { parseSettings } from "../settings/index.ts";
import { settingsKey } from "../platform/project.ts";
import type { Found, FoundNetwork } from "./cluster.ts";

/** What only the person knows. */
export interface Answers {
  stack: string;
  context: string;
  hosts: string[];
  /** `secret:NAME`, `issuer:NAME` of a ClusterIssuer, `internal` or `plaintext`. */
  certificate: string;
  storageClass: string;
  storage: string;
  /** Size of the backups' volume, or `none`. */
  backups: string;
  /** Folder or registry with the charts, where the upstream repositories cannot be reached. */
  mirror?: string | undefined;
}

/**
 * Makes the text of a stack file, which says only what is this cluster's.
 * @throws Refusal when an answer is no valid setting; it names the setting.
 */
export function stackFile(answers: Answers, found: Found): string {
  const settings = settingsOf(answers, found);
  parseSettings(`Pulumi.${answers.stack}.yaml`, settings);
  const body = stringify({ config: { [settingsKey]: settings } }, { lineWidth: 120 });
  return `# yaml-language-server: $schema=settings/schema.json\n${body}`;
}

function settingsOf(answers: Answers, found: Found): Record<string, unknown> {
  const { context, storageClass, hosts, certificate, storage, mirror } = answers;
  return {
    cluster: {
      context,
      storageClass,
      ...networkSettings(found.network),
      ...(found.mutatingAdmission !== "v1" && { mutatingAdmission: found.mutatingAdmission }),
    },
    ...(mirror !== undefined && { charts: { mirror } }),
    database: { storage, backups: backupsOf(answers.backups) },
    routing: { hosts, tls: tlsOf(certificate) },
    observability: found.hasMonitors ? { mode: "monitors", dashboards: {} } : { mode: "none" },
  };
}

/** Peers are kept as the stack file writes them, so that a message and a file read alike. */
function networkSettings({ apiServer, webhookCallers, dns, ...rest }: FoundNetwork) {
  const peers = (list: string[]) => list.map((text) => parse(text) as unknown);
  return {
    ...rest,
    apiServer: peers(apiServer),
    ...(webhookCallers && { webhookCallers: peers(webhookCallers) }),
    ...(dns && { dns: { ...dns, ...(dns.peers && { peers: peers(dns.peers) }) } }),
  };
}

const backupsOf = (size: string) =>
  size === "none" ? { mode: "none" } : { mode: "volume", storage: size };

function tlsOf(certificate: string): object {
  const [mode, name] = certificate.split(":");
  if (mode === "issuer") return { mode: "certManager", issuer: { kind: "ClusterIssuer", name } };
  return name === undefined ? { mode } : { mode, credentialName: name };
}

/** Says what the file takes for granted, a line each. */
export function assumptions({ version, mutatingAdmission, hasMonitors, network }: Found): string[] {
  return [
    `Kubernetes is ${version}.`,
    `The API server is at ${network.apiServer.join(", ")}.`,
    network.dns === undefined
      ? "DNS is where most clusters have it."
      : "DNS is not where most clusters have it: see cluster.dns.",
    mutatingAdmission === "none"
      ? "There are no mutating admission policies: the Redis operator keeps its password in a ConfigMap."
      : `Mutating admission policies are served as ${mutatingAdmission}.`,
    hasMonitors
      ? "A Prometheus operator is there: its Prometheus is taken for kube-prometheus-stack's in namespace monitoring."
      : "There is no Prometheus operator: nothing is watched (observability.mode none).",
    "Everything else has its default: docs/settings.md.",
  ];
}
