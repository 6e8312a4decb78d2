import { fromProbe } from "../monitors.ts";
import type { Alert, RuleArgs } from "../types.ts";
import { isForeignGateway } from "./objectives.ts";

const day = 86_400;

export const certificateAlerts = (args: RuleArgs): Alert[] => [
  ...(isForeignGateway(args) ? [] : [meshRoot]),
  ...(args.probes ? probeAlerts : []),
];

const meshRoot: Alert = {
  name: "MeshRootExpiresSoon",
  expr: `citadel_server_root_cert_expiry_timestamp - time() < ${30 * day}`,
  for: "1h",
  severity: "warning",
  summary: "The mesh's root certificate expires soon",
  description: "It is valid for {{ $value | humanizeDuration }}; no pod can talk to another then.",
};

const left = (days: number) =>
  `probe_ssl_earliest_cert_expiry{${fromProbe}} - time() < ${days * day}`;

const probeAlerts: Alert[] = [
  {
    name: "CertificateExpiresSoon",
    expr: left(14),
    for: "1h",
    severity: "warning",
    summary: "The certificate of {{ $labels.instance }} expires soon",
    description:
      "It is valid for {{ $value | humanizeDuration }} more; its renewal did not happen.",
  },
  {
    name: "CertificateExpiresNow",
    expr: left(3),
    for: "10m",
    severity: "critical",
    summary: "The certificate of {{ $labels.instance }} is about to expire",
    description:
      "It is valid for {{ $value | humanizeDuration }} more; clients will refuse it then.",
  },
  {
    name: "CertificateProbeFailed",
    expr: `probe_success{${fromProbe}} == 0`,
    for: "15m",
    severity: "warning",
    summary: "The certificate of {{ $labels.instance }} cannot be looked at",
    description: "No TLS connection was made: it is down, or its certificate has expired.",
  },
];
