import { vaultServerTls } from "../../../policy/rules/vault-server-tls.ts";
import { PLAIN, RAFT, TLS, VAULT_WITH_TLS } from "../support/fixtures/vault.ts";
import * as foreign from "../support/fixtures/foreign-releases.ts";
import { devArguments, sound, untold } from "../support/fixtures/vault-charts.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const V = 'Helm release "vault/vault" (chart vault)';
const RAFT_PATH = "values.server.ha.raft.config";
const ON = "a listener has tls_disable on.";
const OFF = `V01 ${V}, ${RAFT_PATH}: ${ON}`;
const UNREADABLE = `V01 ${V}, ${RAFT_PATH}: the configuration cannot be read as HCL or JSON.`;
const DEFAULT = "the configuration is absent, so the chart's default with tls_disable = 1 applies.";
const TOLD = "the chart is not told that Vault speaks TLS (its default is tlsDisable: true).";
const NOT_TOLD = `V03 ${V}, values.global.tlsDisable: ${TOLD}`;
const DEV = "the server runs in dev mode.";
const CANNOT = "the text configures a Vault listener in a way that cannot be judged.";
const UNJUDGED = `V11 ${V}, ${RAFT_PATH}: ${CANNOT}`;
const ODD = `V01 ${V}, ${RAFT_PATH}: tls_disable has a value that Vault does not understand.`;

const PLACES = {
  V02: `server.ha.config: ${DEFAULT}`,
  V03: `global.tlsDisable: ${TOLD}`,
  V05: `server.dev.enabled: ${DEV}`,
};

export const suite = new Cases(vaultServerTls, { vault: VAULT_WITH_TLS })
  .good("tls_disable = 0", "vault", { [RAFT]: PLAIN.replace("1", "0") })
  .good("a comment", "vault", { [RAFT]: `# tls_disable = 1\n${TLS}` })
  .good("a unix listener beside it", "vault", {
    [RAFT]: `${TLS}listener "unix" { tls_disable = true }`,
  })
  .good("a unix listener by its type", "vault", {
    [RAFT]: `${TLS}listener {\n  type = "unix"\n  tls_disable = true\n}`,
  })
  .bad(
    "a TCP listener by its type",
    "vault",
    { [RAFT]: 'listener {\n  type = "tcp"\n  tls_disable = true\n}' },
    OFF,
  )
  .good("a TCP label over a unix type", "vault", {
    [RAFT]: `${TLS}listener "tcp" {\n  type = "unix"\n  tls_disable = true\n}`,
  })
  .bad(
    "a unix label over a TCP type",
    "vault",
    { [RAFT]: 'listener "unix" { type = "tcp" tls_disable = 1 }' },
    OFF,
  )
  .bad(
    "two types, of which Vault takes the last",
    "vault",
    { [RAFT]: 'listener "unix" { type = "unix" type = "tcp" tls_disable = 1 }' },
    OFF,
  )
  .bad(
    "a type that is no text",
    "vault",
    { [RAFT]: 'listener "unix" { type = 1 tls_disable = 1 }' },
    OFF,
  )
  .bad(
    "an object in between, in JSON",
    "vault",
    { [RAFT]: '{"listener":{"tcp":{"a":{"type":"tcp","tls_disable":1}}}}' },
    OFF,
  )
  .bad(
    "objects in a list in between, in JSON",
    "vault",
    { [RAFT]: '{"listener":{"tcp":{"a":[{"tls_disable":1}]}}}' },
    OFF,
  )
  .good("a list of unix listeners in JSON", "vault", {
    [RAFT]: '{"listener":[{"unix":[{"tls_disable":1}]},{"tcp":{"tls_cert_file":"a"}}]}',
  })
  .good("null in JSON, which is absent", "vault", {
    [RAFT]: '{"listener":{"tcp":{"tls_cert_file":"a","tls_disable":null}}}',
  })
  .good("null in an object", "vault", {
    [RAFT]: { listener: { tcp: { tls_cert_file: "a", tls_disable: null } } },
  })
  .bad("null in HCL, which has none", "vault", { [RAFT]: PLAIN.replace("1", "null") }, ODD)
  .good("raft's configuration with high availability off, which the chart takes", "vault", {
    "values server": { ha: { raft: { enabled: true, config: TLS } } },
  })
  .bad(
    "raft without a configuration of its own",
    "vault",
    { "values server": { standalone: { config: TLS }, ha: { raft: { enabled: true } } } },
    `V02 ${V}, ${RAFT_PATH}: ${DEFAULT}`,
  )
  .bad(
    "the empty address of a Vault outside",
    "vault",
    { "values global": { externalVaultAddr: "" } },
    NOT_TOLD,
  )
  .good("tlsDisable null, which Helm takes for false", "vault", {
    "values global tlsDisable": null,
  })
  .bad(
    "a later file of values that turns TLS off",
    "vault",
    {
      values: undefined,
      valueYamlFiles: [
        {
          text: "global: {tlsDisable: false}\nserver: {standalone: {config: 'listener \"tcp\" { tls_disable = 0 }'}}",
        },
        { text: "server: {standalone: {config: 'listener \"tcp\" { tls_disable = 1 }'}}" },
      ],
    },
    `V01 ${V}, values.server.standalone.config: ${ON}`,
  )
  .good("values that win over their files", "vault", {
    valueYamlFiles: [{ text: "global: {tlsDisable: true}" }],
  })
  .good("a zero in an object", "vault", { [RAFT]: { listener: { tcp: { tls_disable: 0 } } } })
  .good("a configuration as an object", "vault", {
    [RAFT]: { listener: { tcp: { tls_cert_file: "a" } } },
  })
  .good("standalone", "vault", { "values server": { standalone: { config: TLS } } })
  .good("high availability without raft", "vault", {
    "values server": { ha: { enabled: true, config: TLS } },
  })
  .good("arguments that only look like dev", "vault", {
    "values server extraArgs": "-log-level=debug -devious",
  })
  .bad("tls_disable = 1", "vault", { [RAFT]: PLAIN }, OFF)
  .bad("the second listener", "vault", { [RAFT]: TLS + PLAIN }, OFF)
  .bad("a value that Vault refuses", "vault", { [RAFT]: PLAIN.replace("1", '"yes"') }, ODD)
  .bad("no HCL", "vault", { [RAFT]: "listener tcp {" }, UNREADABLE)
  .bad("a template", "vault", { [RAFT]: PLAIN.replace("1", "{{ .Values.x }}") }, UNREADABLE)
  .bad("a template that changes nothing", "vault", { [RAFT]: `${TLS}# {{ .Values.x }}` }, UNJUDGED)
  .bad(
    "a listener in an unknown value that cannot be read",
    "vault",
    { "values server note": `${TLS}x =` },
    `V11 ${V}, values.server.note: ${CANNOT}`,
  )
  .bad(
    "a broken configuration in another chart, at a path of Vault's",
    "vault",
    { "@name": "x", chart: "web", values: { server: { ha: { config: `${TLS}x =` } } } },
    `V11 Helm release "vault/x" (chart web), values.server.ha.config: ${CANNOT}`,
  )
  .bad(
    "values as YAML in values",
    "vault",
    { "values more": JSON.stringify({ a: PLAIN }) },
    `V01 ${V}, values.more.a: ${ON}`,
  )
  .bad(
    "a mode that is off",
    "vault",
    { "values server standalone": { config: PLAIN } },
    `V01 ${V}, values.server.standalone.config: ${ON}`,
  )
  .bad(
    "the configuration without raft",
    "vault",
    { "values server ha config": PLAIN },
    `V01 ${V}, values.server.ha.config: ${ON}`,
  )
  .bad(
    "a configuration as an object",
    "vault",
    { [RAFT]: { listener: [{ tcp: { TLS_DISABLE: "T" } }] } },
    OFF,
  )
  .bad(
    "no listener",
    "vault",
    { [RAFT]: "ui = true" },
    `V02 ${V}, ${RAFT_PATH}: the configuration names no listener.`,
  )
  .bad("no configuration", "vault", { [RAFT]: undefined }, `V02 ${V}, ${RAFT_PATH}: ${DEFAULT}`)
  .bad(
    "an empty configuration",
    "vault",
    { [RAFT]: " " },
    `V02 ${V}, ${RAFT_PATH}: the configuration names no listener.`,
  )
  .bad(
    "no values",
    "vault",
    { values: undefined },
    NOT_TOLD,
    `V02 ${V}, values.server.standalone.config: ${DEFAULT}`,
  )
  .bad(
    "another mode's configuration",
    "vault",
    { "values server ha raft enabled": false },
    `V02 ${V}, values.server.ha.config: ${DEFAULT}`,
  )
  .bad(
    "the server on, the rest off",
    "vault",
    {
      "values global": { enabled: false, tlsDisable: true },
      "values server enabled": true,
    },
    NOT_TOLD,
  )
  .bad(
    "the server on as a string",
    "vault",
    {
      "values global": { enabled: false, tlsDisable: true },
      "values server enabled": "true",
    },
    NOT_TOLD,
  )
  .bad("tlsDisable true", "vault", { "values global tlsDisable": true }, NOT_TOLD)
  .bad("tlsDisable absent", "vault", { "values global": undefined }, NOT_TOLD)
  .bad(
    "tlsDisable as a string, which a template takes for true",
    "vault",
    { "values global tlsDisable": "false" },
    NOT_TOLD,
  )
  .bad(
    "dev mode",
    "vault",
    { "values server dev": { enabled: true } },
    `V05 ${V}, values.server.dev.enabled: ${DEV}`,
  )
  .bad(
    "the chart as an archive",
    "vault",
    { chart: ".local/charts/vault-0.34.1.tgz", "values global": {} },
    NOT_TOLD,
  )
  .bad(
    "the chart from an OCI registry",
    "vault",
    { chart: "oci://charts.example.com/vault", "values global": {} },
    NOT_TOLD,
  )
  .bad(
    "OpenBao's chart",
    "vault",
    { chart: "openbao", "values global": {} },
    `V03 Helm release "vault/vault" (chart openbao), values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "a listener in another chart's values",
    "vault",
    { "@name": "x", chart: "web", values: { files: { "a.hcl": PLAIN } } },
    'V01 Helm release "vault/x" (chart web), values.files["a.hcl"]: a listener has tls_disable on.',
  )
  .unknown("values that are an output", "vault", { values: UNKNOWN }, "values")
  .unknown("a configuration that is an output", "vault", { [RAFT]: UNKNOWN }, RAFT_PATH)
  .unknown(
    "a mode that is an output",
    "vault",
    { "values server ha enabled": UNKNOWN },
    "values.server.ha.enabled",
  )
  .unknown(
    "raft that is an output",
    "vault",
    { "values server ha raft enabled": UNKNOWN },
    "values.server.ha.raft.enabled",
  )
  .unknown(
    "tlsDisable that is an output",
    "vault",
    { "values global tlsDisable": UNKNOWN },
    "values.global.tlsDisable",
  );

for (const extraArgs of devArguments) {
  const change = { "values server extraArgs": extraArgs };
  suite.bad(
    `the argument ${String(extraArgs)}`,
    "vault",
    change,
    `V05 ${V}, values.server.extraArgs: ${DEV}`,
  );
}
for (const [title, { chart, values }] of Object.entries(sound))
  suite.good(title, "vault", { "@name": "x", chart, values });
for (const [title, { chart, values, at, found }] of Object.entries(untold)) {
  const release = `Helm release "vault/x" (chart ${at === "" ? "vault" : "web"}), values${at}`;
  const said = found.map((code) => `${code} ${release}.${PLACES[code]}`);
  suite.bad(title, "vault", { "@name": "x", chart, values }, ...said);
}

const SAID = { V01: ON, V02: DEFAULT, V03: TOLD, V05: DEV };
for (const [title, fixture] of Object.entries(foreign.sound)) suite.add(title, [fixture], [], []);
for (const [title, [fixture, ...found]] of Object.entries(foreign.untold)) {
  const [, , kind = ""] = fixture.type.split(":");
  const said = found.map(([code, path]) => `${code} ${kind} "vault/vault", ${path}: ${SAID[code]}`);
  suite.add(title, [fixture], said, []);
}
for (const [title, [fixture, path]] of Object.entries(foreign.elsewhere))
  suite.add(title, [fixture], [], [path]);
