/** Debian packages whose programs run on this machine, with a file by which each is recognised. */
export const hostPackages: Record<string, string> = {
  containerd: "/usr/bin/containerd",
  runc: "/usr/sbin/runc",
  "containernetworking-plugins": "/usr/lib/cni/bridge",
  nftables: "/usr/sbin/nft",
  iptables: "/usr/sbin/iptables",
  ipset: "/usr/sbin/ipset",
  iproute2: "/usr/bin/ip",
  kmod: "/usr/bin/kmod",
};

/** Debian packages whose files go into images; they are unpacked, never installed. */
export const imagePackages = [
  "postgresql-15",
  "postgresql-15-pgaudit",
  "postgresql-client-15",
  "postgresql-common",
  "patroni",
  "pgbackrest",
  "pgbouncer",
  "prometheus-postgres-exporter",
  "redis-server",
  "redis-tools",
  "prometheus-redis-exporter",
  "nginx",
  "busybox-static",
  "tini",
  "iptables",
  "ca-certificates",
  "tzdata",
  "libc-bin",
];

/** Debian packages of the browser of the tests, which are unpacked, too; without a font it would show no letters. */
export const browserPackages = ["chromium", "fonts-dejavu-core"];

/** Debian package of the program that puts a load on the gateway, unpacked as well. */
export const loadPackages = ["wrk"];
