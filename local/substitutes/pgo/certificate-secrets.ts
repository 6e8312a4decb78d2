import { leafIsValid, newLeaf, newRoot, rootIsValid } from "./certificates.ts";
import type { Context } from "./context.ts";
import {
  backupClient,
  clusterNames,
  controlled,
  label,
  ownerReference,
  replicationUser,
  rootCertificateSecret,
  serviceDnsNames,
} from "./names.ts";
import type { KeyPair } from "../../lib/x509.ts";
import type { Labels, Secret } from "./types.ts";

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

interface Leaf {
  name: string;
  labels: Labels;
  dnsNames: string[];
}

async function applyLeaf(
  { kube, cluster }: Context,
  root: KeyPair,
  { name, labels, dnsNames }: Leaf,
): Promise<void> {
  const existing = await kube.get<Secret>("Secret", cluster.metadata.namespace, name);
  const [subject = ""] = dnsNames;
  const found = pairIn(existing, "tls.crt", "tls.key");
  const pair = leafIsValid(root, found, subject, dnsNames, Date.now())
    ? found
    : await newLeaf(root, subject, dnsNames);
  await kube.apply<Secret>({
    apiVersion: "v1",
    kind: "Secret",
    metadata: controlled(cluster, name, labels),
    data: {
      "tls.crt": encode(pair.certificate),
      "tls.key": encode(pair.key),
      "ca.crt": encode(root.certificate),
      // Patroni reads both from one file.
      "tls.pem": encode(`${pair.key.trimEnd()}\n${pair.certificate}`),
    },
  });
}

/** The names a client may verify: those of -primary and -replicas, never of -ha. */
export function serverDnsNames(cluster: string, namespace: string, domain: string): string[] {
  const { primary, replicas } = clusterNames(cluster);
  return [primary, replicas].flatMap((name) => serviceDnsNames(name, namespace, domain));
}

const purpose = (value: string): Labels => ({ [label.clusterCertificate]: value });

function clusterLeaves({ cluster, domain }: Context): Leaf[] {
  const { name, namespace, uid } = cluster.metadata;
  const names = clusterNames(name);
  return [
    {
      name: names.certificate,
      labels: purpose("postgres-tls"),
      dnsNames: serverDnsNames(name, namespace, domain),
    },
    {
      name: names.replicationCertificate,
      labels: purpose("replication-client-tls"),
      dnsNames: [replicationUser],
    },
    ...(cluster.spec.backups === undefined
      ? []
      : [{ name: names.backups, labels: {}, dnsNames: [backupClient(uid)] }]),
    ...(cluster.spec.proxy?.pgBouncer === undefined
      ? []
      : [
          {
            name: names.instanceCertificates(names.pool),
            labels: {},
            dnsNames: serviceDnsNames(names.pool, namespace, domain),
          },
        ]),
  ];
}

/** Makes a certificate for each pod that others call by its name, besides those of the whole cluster. */
export async function reconcileCertificates(context: Context, pods: string[]): Promise<void> {
  const { name, namespace } = context.cluster.metadata;
  const names = clusterNames(name);
  const root = await applyRoot(context);
  const podLeaves = pods.map((pod) => ({
    name: names.instanceCertificates(pod),
    labels: {},
    dnsNames: serviceDnsNames(`${pod}-0.${names.pods}`, namespace, context.domain),
  }));
  await Promise.all(
    [...clusterLeaves(context), ...podLeaves].map((leaf) => applyLeaf(context, root, leaf)),
  );
}
