import { X509Certificate } from "node:crypto";
import type { Certificate, SecretStore } from "../facts.ts";
import { finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import { isReady, nameOf, podsOf, unread } from "../readings.ts";
import { workloads } from "../../platform/workloads.ts";

const pods = "kubectl -n vault get pods -o wide";
const status = "kubectl -n vault exec vault-0 -c vault -- vault status || true";
const unsealer = "kubectl -n vault logs deployment/vault-unsealer --tail=20 || true";

export const vaultUnreachable = finding({
  id: "vault-unreachable",
  link: "vault",
  severity: "broken",
  title: "Vault does not answer",
  meaning: "No Vault server runs, or none answers the question for its health.",
  consequence:
    "External Secrets reads nothing: Secrets keep their last values, and pulumi up stops. Redirects go on.",
  fix: "Scale the StatefulSet up again; a server that does not start says why in its log (a lost volume, a full disk, a missing certificate).",
  mend: ["kubectl -n vault scale --replicas=REPLICAS statefulset/vault"],
  look: [pods, "kubectl -n vault get statefulset vault", "kubectl -n vault get events"],
  needs: ["vaultServers", "others"],
  find: ({ vaultServers, others }) => {
    if (others.includes(workloads.vault.namespace)) return [];
    if (vaultServers.some(({ scheme }) => scheme !== undefined)) return [];
    if (vaultServers.length === 0) return [{ text: "namespace vault has no Vault server" }];
    return vaultServers.map(({ pod, failure }) => ({ text: `${pod}: ${failure}` }));
  },
});

export const vaultUninitialised = finding({
  id: "vault-uninitialised",
  link: "vault",
  severity: "broken",
  title: "Vault has no data",
  meaning: "A Vault server answers that it was never initialised: its volume is new or was lost.",
  consequence: "There is no secret to read. The old keys open nothing here.",
  fix: "On a first pulumi up, wait for the Job vault-bootstrap. Where Vault had data, restore a snapshot (docs/vault.md#restore).",
  look: [pods, status, "kubectl -n vault get pvc,jobs"],
  needs: ["vaultServers"],
  find: ({ vaultServers }) =>
    // A server that has not joined yet says the same; one with data among them tells.
    vaultServers.some(({ initialised }) => initialised === true)
      ? []
      : vaultServers
          .filter(({ initialised }) => initialised === false)
          .map(({ pod }) => ({ text: `${pod} is not initialised` })),
});

export const vaultSealed = finding({
  id: "vault-sealed",
  link: "vault",
  severity: "broken",
  title: "A Vault server is sealed",
  meaning: "A Vault server runs and cannot read its data, for nobody has given it the key.",
  consequence:
    "It takes no requests. When all are sealed no secret can be read, and External Secrets keeps its last values.",
  fix: "See that the unsealer runs and that the Secret with the keys is there: it opens every server by itself within half a minute.",
  mend: ["kubectl -n vault scale --replicas=1 deployment/vault-unsealer"],
  look: [pods, status, unsealer],
  needs: ["vaultServers"],
  find: ({ vaultServers }) =>
    vaultServers
      .filter(({ initialised, sealed }) => initialised === true && sealed === true)
      .map(({ pod }) => ({ text: `${pod} is sealed` })),
});

export const vaultWithoutLeader = finding({
  id: "vault-without-leader",
  link: "vault",
  severity: "broken",
  title: "Vault has no active server",
  meaning: "Vault servers are open, and none of them leads.",
  consequence: "No secret can be read or written. External Secrets keeps its last values.",
  fix: "Bring back servers until more than half of them run: the raft then chooses a leader by itself.",
  look: [pods, status],
  needs: ["vaultServers"],
  find: ({ vaultServers }) => {
    const open = vaultServers.filter(({ sealed }) => sealed === false);
    if (open.length === 0 || open.some(({ active }) => active === true)) return [];
    return [{ text: `${open.map(({ pod }) => pod).join(", ")}: open, none active` }];
  },
});

export const vaultServerDown = finding({
  id: "vault-server-down",
  link: "vault",
  severity: "warning",
  title: "A Vault server is missing",
  meaning: "Fewer Vault servers are ready than the StatefulSet asks for, while others serve.",
  consequence: "One loss more can leave Vault without a leader.",
  fix: "What the pod's events name keeps it from starting: a node, a volume, an image. One that runs and does not answer is deleted: it starts anew, and the unsealer opens it.",
  mend: ["kubectl -n vault delete pod POD"],
  look: [pods, "kubectl -n vault get events"],
  needs: ["statefulSets", "pods"],
  find: ({ statefulSets, pods: all }) =>
    statefulSets
      .filter(({ metadata }) => nameOf({ metadata }) === "vault/vault")
      .flatMap(({ spec }) => {
        const ready = podsOf(all, "vault").filter(isReady).length;
        const wanted = spec?.replicas ?? 1;
        return ready > 0 && ready < wanted
          ? [{ text: `${ready} of ${wanted} Vault servers are ready` }]
          : [];
      }),
});

export const vaultTlsMismatch = finding({
  id: "vault-tls-mismatch",
  link: "vault",
  severity: "broken",
  title: "Vault and who calls it do not agree on TLS",
  meaning:
    "A SecretStore calls Vault by another scheme than the servers speak, trusts another authority than the one that signed their certificate, or calls them by a name that is not in it.",
  consequence: "No secret can be read: Secrets keep their last values.",
  fix: "Run pulumi up --refresh --run-program, which writes address and authority of vault.tls into every SecretStore. With vault.tls.mode secret, ca.crt in the Secret must be the authority of its tls.crt.",
  mend: bringBack,
  look: ["kubectl get secretstores -A -o wide", pods],
  needs: ["secretStores", "vaultServers", "certificates"],
  find: ({ secretStores, vaultServers, certificates }) => {
    const spoken = new Set(vaultServers.flatMap(({ scheme }) => scheme ?? []));
    return secretStores.flatMap((store) => {
      const { server = "" } = store.spec?.provider?.vault ?? {};
      const scheme = server.startsWith("https:") ? "https" : "http";
      if (spoken.size > 0 && !spoken.has(scheme))
        return [
          { text: `${nameOf(store)} calls ${server}, the servers speak ${[...spoken].join()}` },
        ];
      const own = certificates.filter(({ namespace }) => namespace === "vault");
      if (scheme === "http") return [];
      if (own.some((one) => !trusts(store, one)))
        return [
          { text: `${nameOf(store)} trusts another authority than Vault's certificate is of` },
        ];
      return own.some((one) => !isForHost(server, one))
        ? [{ text: `${nameOf(store)} calls ${server}, for which Vault's certificate is not` }]
        : [];
    });
  },
  open: ({ certificates }) => unread(certificates, workloads.vault.namespace),
});

function isForHost(server: string, { pem = "" }: Certificate): boolean {
  const [served] = certificatesIn(pem);
  return (
    served === undefined ||
    !URL.canParse(server) ||
    served.checkHost(new URL(server).hostname) !== undefined
  );
}

function trusts(store: SecretStore, { pem }: Certificate): boolean {
  const { caBundle } = store.spec?.provider?.vault ?? {};
  if (caBundle === undefined || pem === undefined) return true;
  const authorities = certificatesIn(Buffer.from(caBundle, "base64").toString());
  const served = certificatesIn(pem)[0];
  return served === undefined || authorities.some((one) => served.verify(one.publicKey));
}

export function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}
