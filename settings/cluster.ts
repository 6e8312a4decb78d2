import { z } from "zod";
import { dnsLabel, cidr, port } from "./values.ts";

export const cluster = z.strictObject({
  /** The kubeconfig context this stack belongs to; the program refuses any other. */
  context: z.string().min(1),
  /** StorageClass of every volume. */
  storageClass: dnsLabel,
  /** Networks of the API server: its Service's address, and the addresses behind it. */
  apiServer: z.array(cidr).min(1),
  /**
   * API version in which the cluster has MutatingAdmissionPolicy: `v1` from Kubernetes 1.36 on. It keeps the
   * Redis password out of the operator's ConfigMap; with `none` it stands there in clear.
   */
  mutatingAdmission: z.enum(["v1", "v1beta1", "none"]),
});

export const charts = z.strictObject({
  /** Folder with `<name>-<version>.tgz` files, or an `oci://` prefix. Absent: the upstream repositories. */
  mirror: z.string().min(1).optional(),
});

export const tunnels = z
  .strictObject({
    /** Loopback port on which the program reaches Vault. */
    vault: port,
    /** Loopback port on which the program reaches PostgreSQL. */
    postgres: port,
  })
  .refine((tunnel) => tunnel.vault !== tunnel.postgres, {
    path: ["postgres"],
    message: "must differ from tunnels.vault",
  });
