import { X509Certificate } from "node:crypto";
import { certificateName, servedCertificates } from "../../components/routing/certificates.ts";
import { podNames, releaseName } from "../../components/vault/names.ts";
import { servedTls } from "../../components/vault/tls.ts";
import { serviceHost, workloads } from "../../platform/workloads.ts";
import type { Settings } from "../../settings/index.ts";
import { readSecret, until } from "../pods.ts";
import { read, refused } from "../read.ts";
import type { Endpoint, Tools } from "../tools.ts";

const { vault, gateway } = workloads;

/** A certificate that is served, the Secret it comes from, and who makes it anew. */
interface Served {
  endpoint: Endpoint;
  secret: string;
  /** The key that Pulumi replaces, or cert-manager's Certificate. */
  maker: { key: string } | { certificate: string };
}

/**
 * Gives Vault and the gateway certificates with new keys, as far as the program or cert-manager makes them. Both load
 * them while they run; the authority stays, so that whoever trusts the old ones trusts the new ones.
 * @throws Error with a sentence where none is made here, or one does not come to be served.
 */
export async function rotateCertificates(
  tools: Tools,
  settings: Pick<Settings, "vault" | "routing">,
): Promise<void> {
  const all = [...vaultCertificates(settings.vault), ...gatewayCertificates(settings.routing)];
  if (all.length === 0)
    throw new Error(
      "No certificate is made by this stack: put the new ones into the Secrets that the settings name; servers load them by themselves.",
    );
  const before = await Promise.all(all.map(({ endpoint }) => tools.served(endpoint)));
  const made = [...new Set(all.flatMap(({ maker }) => ("key" in maker ? [maker.key] : [])))];
  const issued = new Set(all.flatMap(({ maker }) => ("key" in maker ? [] : [maker.certificate])));
  for (const name of issued) await issueAnew(tools, name);
  if (made.length > 0)
    await tools.pulumi.up(...made.flatMap((key) => ["--replace", `**PrivateKey::${key}`]));
  for (const [index, one] of all.entries()) await proveServed(tools, one, before[index]);
}

function vaultCertificates(settings: Settings["vault"]): Served[] {
  if (settings.mode !== "install") return [];
  const { tls, replicas } = settings;
  const served = servedTls(tls);
  if (tls.mode !== "internal" || served.mode !== "secret") return [];
  const servername = serviceHost("vault", releaseName);
  return podNames(replicas).map((pod) => ({
    endpoint: {
      namespace: vault.namespace,
      labels: { "statefulset.kubernetes.io/pod-name": pod },
      port: vault.ports.api,
      servername,
    },
    secret: served.secretName,
    maker: { key: "vault-server" },
  }));
}

function gatewayCertificates({ hosts, tls }: Settings["routing"]): Served[] {
  if (tls.mode !== "internal" && tls.mode !== "certManager") return [];
  const { namespace, labels, ports } = gateway;
  return servedCertificates(hosts, tls).map((served) => {
    const [servername = ""] = served.hosts;
    const maker =
      tls.mode === "internal" ? { key: "gateway" } : { certificate: certificateName(served) };
    const endpoint = { namespace, labels, port: ports.https, servername };
    return { endpoint, secret: served.credentialName, maker };
  });
}

interface Certificate {
  metadata: { generation?: number };
  status?: { conditions?: { type: string }[] };
}

/** Asks for a new certificate as `cmctl renew` does. */
async function issueAnew({ ask, report }: Tools, name: string): Promise<void> {
  const path = `/apis/cert-manager.io/v1/namespaces/${gateway.namespace}/certificates/${name}`;
  const { metadata, status } = await read<Certificate>(ask, path, `Certificate ${name}`);
  const issuing = {
    type: "Issuing",
    status: "True",
    reason: "ManuallyTriggered",
    message: "Rotated by npm run rotate",
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    observedGeneration: metadata.generation,
  };
  const others = (status?.conditions ?? []).filter(({ type }) => type !== "Issuing");
  const patch = { status: { conditions: [...others, issuing] } };
  const answer = await ask(`${path}/status`, { method: "PATCH", body: patch });
  if (answer.status !== 200) throw refused(`Certificate ${name} cannot be issued anew`, answer);
  report(`cert-manager issues ${name} anew`);
}

async function proveServed(
  tools: Tools,
  { endpoint, secret }: Served,
  before: string | undefined,
): Promise<void> {
  const { namespace, servername, labels } = endpoint;
  const where = `${labels["statefulset.kubernetes.io/pod-name"] ?? "the gateway"} as ${servername}`;
  await until(
    `another certificate of Secret ${namespace}/${secret} at ${where}`,
    tools,
    async () => {
      const now = await tools.served(endpoint);
      const { "tls.crt": pem = "" } = await readSecret(tools.ask, namespace, secret);
      return now !== undefined && now !== before && now === new X509Certificate(pem).fingerprint256;
    },
  );
  tools.report(`A certificate with a new key is served by ${where}`);
}
