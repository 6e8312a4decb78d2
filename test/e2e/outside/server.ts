import { stringify } from "yaml";
import { newAuthority, newCertificate } from "../../support/certificates.ts";
import { kubectl } from "../platform.ts";

/** The authority of all servers that others run. */
export const root = await newAuthority();

export const apply = (objects: object[]) =>
  kubectl(["apply", "--filename=-"], objects.map((one) => stringify(one)).join("---\n"));
export const object = (kind: string, name: string, place: string, rest: object) => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace: place },
  ...rest,
});

export interface Server {
  name: string;
  namespace: string;
  image: string;
  uid: number;
  port: number;
  script: string;
  files: Record<string, string>;
  /** The account of its pod. Default: the namespace's own. */
  account?: string;
  /** An address of the node on which its port is open, too. Default: none. */
  address?: string;
}

/** A pod with its certificate and its files, behind a Service. */
export async function serve(server: Server): Promise<void> {
  const { name, namespace, port, files, address, account = "default" } = server;
  const { certificate, key } = await newCertificate(root, `${name}.${namespace}.svc`);
  const data = { "tls.crt": certificate, "tls.key": key, "ca.crt": root.certificate, ...files };
  await apply([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    ...(account === "default" ? [] : [object("ServiceAccount", account, namespace, {})]),
    object("Secret", name, namespace, { stringData: data }),
    object("Service", name, namespace, {
      spec: {
        selector: { app: name },
        ports: [{ name: `tcp-${name}`, port, targetPort: port }],
        ...(address === undefined ? {} : { externalIPs: [address] }),
      },
    }),
    {
      ...object("Pod", name, namespace, {
        spec: { serviceAccountName: account, ...podOf(server) },
      }),
      metadata: { name, namespace, labels: { app: name } },
    },
  ]);
}

const podOf = ({ name, image, uid, script }: Server) => ({
  securityContext: { runAsUser: uid, runAsGroup: uid, fsGroup: uid },
  containers: [
    {
      name,
      image,
      imagePullPolicy: "IfNotPresent",
      command: ["sh", "-ec", script],
      volumeMounts: [
        { name: "files", mountPath: "/files", readOnly: true },
        { name: "data", mountPath: "/data" },
      ],
    },
  ],
  volumes: [
    { name: "files", secret: { secretName: name, defaultMode: 0o440 } },
    { name: "data", emptyDir: {} },
  ],
});
