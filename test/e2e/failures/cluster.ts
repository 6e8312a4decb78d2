import { readFile, rename, writeFile } from "node:fs/promises";
import { createServer, connect } from "node:net";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { certificateRequests } from "../../../local/cluster/certificates.ts";
import { layoutOf, networkFolders } from "../../../local/cluster/layout.ts";
import { clusterFolder } from "../../../local/lib/paths.ts";
import { ExtendedKeyUsage, issueCertificate } from "../../../local/lib/x509.ts";
import { images } from "../../../platform/images.ts";
import { pgoKey } from "../../../platform/workloads.ts";
import { kubernetes } from "../platform.ts";
import {
  all,
  create,
  deployment,
  type Fault,
  inNamespace,
  nothing,
  otherConfig,
  patch,
  reinstall,
  remove,
  scale,
  bringBack,
} from "./fault.ts";

const quotas = inNamespace("api/v1", "shlink", "resourcequotas");
const claims = inNamespace("api/v1", "vault", "persistentvolumeclaims");
const shlinkPods = inNamespace("api/v1", "shlink", "pods");

const server = (config: KubeConfig) =>
  config.getCurrentCluster() as { server: string; caData?: string };

/** For so many milliseconds the slow API server's words are on their way: twice for an answer, the first time for its TLS. */
const delay = 1000;

/** An API server that takes two seconds for an answer. */
async function slowServer() {
  const { hostname, port } = new URL(server(kubernetes().config).server);
  const proxy = createServer((socket) => {
    const onward = connect(Number(port), hostname);
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
    socket.pipe(onward);
    onward.on("data", (chunk) => setTimeout(() => socket.write(chunk), delay));
    onward.on("end", () => setTimeout(() => socket.end(), delay));
  });
  proxy.unref();
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port: own } = proxy.address() as { port: number };
  return otherConfig((config) => (server(config).server = `https://127.0.0.1:${own}`))();
}

const someAuthority = () => Buffer.from("-----BEGIN CERTIFICATE-----\n").toString("base64");

const pki = (file: string) => join(layoutOf(clusterFolder()).pki, file);

/** Gives the API server another certificate, valid for so many days from now. It takes it by itself within a minute. */
const certify = (validityDays: number) => async () => {
  const read = (file: string) => readFile(pki(file), "utf8");
  const authority = { certificate: await read("ca.crt"), key: await read("ca.key") };
  const { commonName, names } = certificateRequests.find(({ name }) => name === "apiserver")!;
  const uses = [ExtendedKeyUsage.serverAuth];
  const made = await issueCertificate(authority, { commonName, names, validityDays, uses });
  await writeFile(pki("apiserver.key"), made.key);
  await writeFile(pki("apiserver.crt"), made.certificate);
};

const quarterOfAnHourAgo = -1 / 96;

/** The network of pods, as the node's container runtime knows it, and its name while nothing reads it. */
const podNetwork = join(networkFolders.config, "10-pods.conflist");
const aside = `${podNetwork}.aside`;

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

const suspended = {
  metadata: { name: "fault", labels: { [pgoKey("pgbackrest-cronjob")]: "full" } },
  spec: {
    schedule: "0 3 * * *",
    suspend: true,
    jobTemplate: {
      spec: {
        template: {
          spec: { restartPolicy: "Never", containers: [{ name: "main", image: images.node }] },
        },
      },
    },
  },
};

const pending = {
  metadata: { name: "fault" },
  spec: {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "no-such-class",
    resources: { requests: { storage: "1Mi" } },
  },
};

export const clusterFaults: Fault[] = [
  {
    finding: "api-unreachable",
    what: "a port on which nobody listens",
    look: otherConfig((config) => (server(config).server = "https://127.0.0.1:1")),
    mend: nothing,
  },
  {
    finding: "api-certificate-invalid",
    what: "an authority that did not sign the API server's certificate",
    look: otherConfig((config) => (server(config).caData = someAuthority())),
    mend: nothing,
  },
  {
    finding: "api-certificate-invalid",
    what: "a certificate of the API server's that has expired",
    says: /certificate has expired/,
    inject: certify(quarterOfAnHourAgo),
    // As `kubeadm certs renew apiserver` does.
    mend: certify(365),
  },
  {
    finding: "api-login-refused",
    what: "a token of another cluster",
    look: otherConfig((config) => {
      const name = config.getCurrentUser()?.name ?? "";
      config.users = [{ name, token: "a-token-of-another-cluster" }];
    }),
    mend: nothing,
  },
  { finding: "api-slow", what: "two seconds for an answer", look: slowServer, mend: nothing },
  {
    finding: "clock-skewed",
    what: "a machine whose clock lags by a minute",
    look: () => ({ lag: 60 }),
    mend: nothing,
  },
  {
    finding: "node-not-ready",
    what: "a node without a network for its pods",
    says: /node shlink-local: KubeletNotReady/,
    inject: () => rename(podNetwork, aside),
    mend: () => rename(aside, podNetwork),
  },
  {
    finding: "definitions-missing",
    what: "a definition that somebody deleted",
    says: /no definition of the group telemetry\.istio\.io/,
    // Nothing is made of it.
    inject: remove(`${definitions}/telemetries.telemetry.istio.io`),
    mend: reinstall("istioBase", "istio-system"),
  },
  {
    finding: "namespace-missing",
    what: "the namespace of Redis' operator deleted",
    says: /^namespace redis-operator is not there$/,
    // Redis runs on without it.
    inject: remove("/api/v1/namespaces/redis-operator"),
    mend: bringBack,
  },
  {
    finding: "dns-down",
    what: "CoreDNS scaled to none",
    inject: scale(deployment("kube-system", "coredns"), 0),
    mend: scale(deployment("kube-system", "coredns"), 1),
  },
  {
    finding: "volume-pending",
    what: "a claim of a class that is not there",
    inject: create(claims, pending),
    mend: remove(`${claims}/fault`),
  },
  {
    finding: "pods-refused",
    what: "a quota that is used up",
    inject: all(
      create(quotas, { metadata: { name: "fault" }, spec: { hard: { pods: "0" } } }),
      remove(`${shlinkPods}?labelSelector=app%3Dshlink`),
    ),
    // The controller waits longer after each refusal; a rollout makes it try at once.
    mend: all(
      remove(`${quotas}/fault`),
      patch(deployment("shlink", "shlink"), {
        spec: { template: { metadata: { annotations: { restarted: `${Date.now()}` } } } },
      }),
      bringBack,
    ),
  },
  {
    finding: "network-policy-blocks",
    what: "the policy of the sentinels deleted",
    inject: remove(
      `${inNamespace("apis/networking.k8s.io/v1", "redis", "networkpolicies")}/sentinel`,
    ),
    mend: bringBack,
  },
  {
    finding: "operator-unavailable",
    what: "PGO scaled to none",
    inject: scale(deployment("postgres-operator", "pgo"), 0),
    mend: scale(deployment("postgres-operator", "pgo"), 1),
  },
  {
    finding: "operator-unavailable",
    what: "istiod scaled to none",
    inject: scale(deployment("istio-system", "istiod"), 0),
    mend: scale(deployment("istio-system", "istiod"), 1),
  },
  {
    finding: "settings-drift",
    what: "a stack file that was changed and not applied",
    look: () => ({ change: (settings) => (settings.shlink.replicas = 2) }),
    mend: nothing,
  },
  ...(["postgres", "vault"] as const).map((namespace): Fault => {
    const jobs = inNamespace("apis/batch/v1", namespace, "cronjobs");
    return {
      finding: namespace === "postgres" ? "backup-too-old" : "vault-snapshot-too-old",
      what: "a schedule that is suspended",
      inject: create(jobs, suspended),
      mend: remove(`${jobs}/fault`),
    };
  }),
];
