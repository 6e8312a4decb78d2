import { leafIsValid, newLeaf, newRoot, rootIsValid } from "./certificates.ts";
import type { Context } from "./context.ts";
import {
  clusterNames,
  controlled,
  label,
  ownerReference,
  replicationUser,
  rootCertificateSecret,
  serviceDnsNames,
} from "./names.ts";
import type { KeyPair } from "../../lib/x509.ts";
import type { Secret } from "./types.ts";

const encode = (value: string) => Buffer.from(value).toString("base64");
const decode = (value: string | undefined) => Buffer.from(value ?? "", "base64").toString();

function pairIn(secret: Secret | null, certificate: string, key: string): Partial<KeyPair> {
  return { certificate: decode(secret?.data?.[certificate]), key: decode(secret?.data?.[key]) };
}

/** One authority per namespace: every cluster there owns it, none controls it. */
async function applyRoot({ kube, cluster }: Context): Promise<KeyPair> {
  const { namespace } = cluster.metadata;
  const existing = await kube.get<Secret>("Secret", namespace, rootCertificateSecret);
  const found = pairIn(existing, "root.crt", "root.key");
  const root = rootIsValid(found, Date.now()) ? found : await newRoot();
  const owner = ownerReference(cluster);
  const others = (existing?.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.uid);
  await kube.apply<Secret>({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: rootCertificateSecret, namespace, ownerReferences: [...others, owner] },
    data: { "root.crt": encode(root.certificate), "root.key": encode(root.key) },
  });
  return root;
}

async function applyLeaf(
  { kube, cluster }: Context,
  root: KeyPair,
  leaf: { name: string; purpose: string; dnsNames: string[] },
): Promise<void> {
  const existing = await kube.get<Secret>("Secret", cluster.metadata.namespace, leaf.name);
  const [subject = ""] = leaf.dnsNames;
  const found = pairIn(existing, "tls.crt", "tls.key");
  const pair = leafIsValid(root, found, subject, leaf.dnsNames, Date.now())
    ? found
    : await newLeaf(root, subject, leaf.dnsNames);
  await kube.apply<Secret>({
    apiVersion: "v1",
    kind: "Secret",
    metadata: controlled(cluster, leaf.name, { [label.clusterCertificate]: leaf.purpose }),
    data: {
      "tls.crt": encode(pair.certificate),
      "tls.key": encode(pair.key),
      "ca.crt": encode(root.certificate),
    },
  });
}

/** The names a client may verify: those of -primary and -replicas, never of -ha. */
export function serverDnsNames(cluster: string, namespace: string, domain: string): string[] {
  const { primary, replicas } = clusterNames(cluster);
  return [primary, replicas].flatMap((name) => serviceDnsNames(name, namespace, domain));
}

export async function reconcileCertificates(context: Context): Promise<void> {
  const { name, namespace } = context.cluster.metadata;
  const names = clusterNames(name);
  const root = await applyRoot(context);
  await Promise.all([
    applyLeaf(context, root, {
      name: names.certificate,
      purpose: "postgres-tls",
      dnsNames: serverDnsNames(name, namespace, context.domain),
    }),
    applyLeaf(context, root, {
      name: names.replicationCertificate,
      purpose: "replication-client-tls",
      dnsNames: [replicationUser],
    }),
  ]);
}
