import { rootCertificates } from "node:tls";
import type { LayerRecipe } from "./recipe.ts";

/** Every account that an image here runs as; the images share one base layer, so they share these. */
const accounts = [
  "root:x:0:0:root:/root:/bin/sh",
  "postgres:x:26:26:PostgreSQL:/var/lib/pgsql:/bin/sh",
  "vault:x:100:1000:Vault:/home/vault:/bin/sh",
  "redis:x:999:999:Redis:/data:/bin/sh",
  "node:x:1000:1000:Node:/home/node:/bin/sh",
  "shlink:x:1001:0:Shlink:/etc/shlink:/bin/sh",
  "istio-proxy:x:1337:1337:Istio:/home/istio-proxy:/bin/sh",
  "nonroot:x:65532:65532:nonroot:/home/nonroot:/bin/false",
  "nobody:x:65534:65534:nobody:/nonexistent:/bin/false",
];

const groups = ["root:x:0:", "postgres:x:26:", "redis:x:999:", "node:x:1000:"].concat([
  "istio-proxy:x:1337:",
  "nonroot:x:65532:",
  "nogroup:x:65534:",
]);

const lines = (list: readonly string[]): string => `${list.join("\n")}\n`;

/** Even an image without a shell needs accounts, trusted authorities, a place for drafts. */
export const base: LayerRecipe = {
  name: "base",
  parts: [
    { text: lines(accounts), to: "/etc/passwd" },
    { text: lines(groups), to: "/etc/group" },
    { text: "hosts: files dns\n", to: "/etc/nsswitch.conf" },
    { text: lines(rootCertificates), to: "/etc/ssl/certs/ca-certificates.crt" },
    { link: "/etc/ssl/cert.pem", target: "certs/ca-certificates.crt" },
    { folder: "/tmp", mode: 0o1777 },
    { folder: "/var/tmp", mode: 0o1777 },
    { folder: "/root", mode: 0o700 },
    { folder: "/home/node", uid: 1000, gid: 1000 },
    ...["bin", "sbin", "lib", "lib64"].flatMap((name) => [
      { folder: `/usr/${name}` },
      { link: `/${name}`, target: `usr/${name}` },
    ]),
  ],
};

/** A shell and the usual small commands, from one static file. */
export const shell: LayerRecipe = {
  name: "busybox",
  parts: [
    { copy: { debian: "bin/busybox" }, to: "/bin/busybox" },
    { applets: { debian: "bin/busybox" }, folder: "/bin" },
  ],
};

export const node: LayerRecipe = {
  name: "node",
  parts: [
    { copy: { tool: "node" }, to: "/usr/local/bin/node" },
    {
      copy: { repository: "local/images/entrypoints/node.sh" },
      to: "/usr/local/bin/docker-entrypoint.sh",
      mode: 0o755,
    },
  ],
};
