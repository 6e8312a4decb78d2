import type { CopyPart, LayerRecipe, LinkPart, Part } from "./recipe.ts";

function entrypoint(file: string, to: string): CopyPart {
  return { copy: { repository: `local/images/entrypoints/${file}` }, to, mode: 0o755 };
}

const postgresFolder = "usr/lib/postgresql/15";
const postgresPrograms = [
  "initdb",
  "pg_basebackup",
  "pg_controldata",
  "pg_ctl",
  "pg_isready",
  "pg_rewind",
  "postgres",
  "psql",
];

/** `iptables-nft-save` and the like: one program that acts by the name it is called by. */
function iptablesLinks(): LinkPart[] {
  const commands = ["", "-save", "-restore"];
  const families = ["iptables", "ip6tables"];
  return families.flatMap((family) =>
    commands.flatMap((command) => [
      { link: `/usr/sbin/${family}-nft${command}`, target: "xtables-nft-multi" },
      { link: `/usr/sbin/${family}-legacy${command}`, target: "xtables-legacy-multi" },
      { link: `/usr/sbin/${family}${command}`, target: "xtables-nft-multi" },
    ]),
  );
}

const owned = (folders: readonly string[], uid: number, gid: number): Part[] =>
  folders.map((folder) => ({ folder, uid, gid }));

export const pilot: LayerRecipe = {
  name: "pilot-discovery",
  parts: [{ copy: { tool: "pilot-discovery" }, to: "/usr/local/bin/pilot-discovery" }],
};

/** Stock Envoy lacks Istio's own filters; the local istiod chart switches them off. */
export const envoy: LayerRecipe = {
  name: "envoy",
  parts: [{ copy: { tool: "envoy" }, to: "/usr/local/bin/envoy", mode: 0o755 }],
};

export const iptables: LayerRecipe = {
  name: "iptables",
  parts: [
    { copy: { debian: "usr/sbin/xtables-nft-multi" }, to: "/usr/sbin/xtables-nft-multi" },
    { copy: { debian: "usr/sbin/xtables-legacy-multi" }, to: "/usr/sbin/xtables-legacy-multi" },
    ...iptablesLinks(),
    {
      tree: { debian: "usr/lib/x86_64-linux-gnu/xtables" },
      to: "/usr/lib/x86_64-linux-gnu/xtables",
    },
  ],
};

export const pilotAgent: LayerRecipe = {
  name: "pilot-agent",
  parts: [
    { copy: { tool: "pilot-agent" }, to: "/usr/local/bin/pilot-agent" },
    {
      copy: { module: "istio", path: "tools/packaging/common/envoy_bootstrap.json" },
      to: "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
      mode: 0o644,
    },
    ...owned(["/etc/istio/proxy", "/var/lib/istio/data", "/home/istio-proxy"], 1337, 1337),
  ],
};

/** The node agent, and the plugin that it copies to the node. */
export const installCni: LayerRecipe = {
  name: "install-cni",
  parts: [
    { copy: { tool: "install-cni" }, to: "/usr/local/bin/install-cni" },
    { copy: { tool: "istio-cni" }, to: "/opt/cni/bin/istio-cni" },
  ],
};

/** OpenBao speaks Vault's API; `bao` under the name `vault` is the server and the CLI. */
export const vault: LayerRecipe = {
  name: "vault",
  parts: [
    { copy: { tool: "bao" }, to: "/bin/vault" },
    entrypoint("vault.sh", "/usr/local/bin/docker-entrypoint.sh"),
    { folder: "/vault" },
    ...owned(["/vault/logs", "/vault/file", "/vault/config", "/vault/data"], 100, 1000),
    ...owned(["/home/vault"], 100, 1000),
  ],
};

export const redis: LayerRecipe = {
  name: "redis",
  parts: [
    { copy: { debian: "usr/bin/redis-check-rdb" }, to: "/usr/lib/redis/redis-server" },
    { copy: { debian: "usr/bin/redis-cli" }, to: "/usr/local/bin/redis-cli" },
    entrypoint("redis-server.sh", "/usr/local/bin/redis-server"),
    { link: "/usr/local/bin/redis-sentinel", target: "redis-server" },
    entrypoint("redis.sh", "/usr/local/bin/docker-entrypoint.sh"),
    { folder: "/data", mode: 0o777, uid: 999, gid: 999 },
  ],
};

export const postgres: LayerRecipe = {
  name: "postgres",
  parts: [
    ...postgresPrograms.map((program) => ({
      copy: { debian: `${postgresFolder}/bin/${program}` },
      to: `/${postgresFolder}/bin/${program}`,
    })),
    // The JIT compiler alone would bring 110 MB of LLVM; PGO's default is `jit = off`.
    { tree: { debian: `${postgresFolder}/lib` }, to: `/${postgresFolder}/lib`, except: /jit/ },
    {
      tree: { debian: "usr/share/postgresql/15" },
      to: "/usr/share/postgresql/15",
      except: /\/man/,
    },
    {
      tree: { debian: "usr/share/zoneinfo" },
      to: "/usr/share/zoneinfo",
      except: /\/(right|posix)\//,
    },
    { tree: { debian: "usr/lib/locale/C.utf8" }, to: "/usr/lib/locale/C.utf8" },
    ...owned(["/pgdata", "/pgconf", "/var/lib/pgsql"], 26, 26),
  ],
};

const pythonPackages = "usr/lib/python3/dist-packages";

/** Debian's own scripts look for the records of a package manager. */
const pythonProgram = (name: string, load: string, start: string): Part => ({
  // It is loaded again, without being started, by the process that starts PostgreSQL.
  text: `#!/usr/bin/python3\n${load}\nif __name__ == "__main__":\n    ${start}\n`,
  to: `/usr/bin/${name}`,
  mode: 0o755,
});

/** Python with what Patroni and its command line import; nothing else runs on it. */
export const patroni: LayerRecipe = {
  name: "patroni",
  parts: [
    { copy: { debian: "usr/bin/python3.11" }, to: "/usr/bin/python3.11" },
    { link: "/usr/bin/python3", target: "python3.11" },
    {
      tree: { debian: "usr/lib/python3.11" },
      to: "/usr/lib/python3.11",
      except: /sitecustomize|\/(test|unittest|idlelib|lib2to3|pydoc_data)\//,
    },
    ...["patroni", "click", "dateutil", "prettytable", "psutil", "psycopg2"]
      .concat(["urllib3", "wcwidth", "yaml", "prettytable-3.6.0.dist-info"])
      .map((name) => ({
        tree: { debian: `${pythonPackages}/${name}` },
        to: `/${pythonPackages}/${name}`,
      })),
    ...["six.py", "cdiff.py"].map((name) => ({
      copy: { debian: `${pythonPackages}/${name}` },
      to: `/${pythonPackages}/${name}`,
    })),
    pythonProgram("patroni", "from patroni.__main__ import main", "main()"),
    pythonProgram("patronictl", "from patroni.ctl import ctl", "ctl(obj={})"),
  ],
};

export const pgbackrest: LayerRecipe = {
  name: "pgbackrest",
  parts: [
    { copy: { debian: "usr/bin/pgbackrest" }, to: "/usr/bin/pgbackrest" },
    ...owned(["/pgbackrest", "/etc/pgbackrest/conf.d"], 26, 26),
  ],
};

/** What PGO's backup Jobs start, which makes the repository host do the work. */
export const backupJob: LayerRecipe = {
  name: "backup-job",
  parts: [
    { bundle: "local/substitutes/pgo/backup-job.ts", to: "/usr/local/lib/backup-job.mjs" },
    {
      text: '#!/bin/sh\nexec node /usr/local/lib/backup-job.mjs "$@"\n',
      to: "/opt/crunchy/bin/pgbackrest",
      mode: 0o755,
    },
  ],
};

export const shlink: LayerRecipe = {
  name: "shlink",
  parts: [
    { bundle: "local/substitutes/shlink/main.ts", to: "/etc/shlink/shlink.mjs" },
    { tree: { repository: "local/substitutes/shlink/rootfs" }, to: "/" },
    ...owned(["/etc/shlink/data"], 1001, 0),
  ],
};

/** The page's files, and the server of the real image, which is nginx with its own configuration. */
export const webClient: LayerRecipe = {
  name: "web-client",
  parts: [
    { copy: { debian: "usr/sbin/nginx" }, to: "/usr/sbin/nginx" },
    { copy: { debian: "etc/nginx/mime.types" }, to: "/etc/nginx/mime.types" },
    { tree: { tool: "web-client-page" }, to: "/usr/share/nginx/html" },
    { text: "[]", to: "/usr/share/nginx/html/servers.json", mode: 0o666 },
    { tree: { repository: "local/substitutes/web-client/rootfs" }, to: "/" },
  ],
};

export const postgresOperator: LayerRecipe = {
  name: "postgres-operator",
  parts: [
    {
      bundle: "local/substitutes/pgo/main.ts",
      to: "/usr/local/lib/postgres-operator.mjs",
    },
    {
      text: '#!/bin/sh\nexec node /usr/local/lib/postgres-operator.mjs "$@"\n',
      to: "/usr/local/bin/postgres-operator",
      mode: 0o755,
    },
  ],
};
