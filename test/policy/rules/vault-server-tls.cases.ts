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
  .good("vault", {
    "tls_disable = 0": { [RAFT]: PLAIN.replace("1", "0") },
    "a comment": { [RAFT]: `# tls_disable = 1\n${TLS}` },
    "a unix listener beside it": { [RAFT]: `${TLS}listener "unix" { tls_disable = true }` },
    "a unix listener by its type": {
      [RAFT]: `${TLS}listener {\n  type = "unix"\n  tls_disable = true\n}`,
    },
    "a TCP label over a unix type": {
      [RAFT]: `${TLS}listener "tcp" {\n  type = "unix"\n  tls_disable = true\n}`,
    },
    "a list of unix listeners in JSON": {
      [RAFT]: '{"listener":[{"unix":[{"tls_disable":1}]},{"tcp":{"tls_cert_file":"a"}}]}',
    },
    "null in JSON, which is absent": {
      [RAFT]: '{"listener":{"tcp":{"tls_cert_file":"a","tls_disable":null}}}',
    },
    "null in an object": {
      [RAFT]: { listener: { tcp: { tls_cert_file: "a", tls_disable: null } } },
    },
    "raft's configuration with high availability off, which the chart takes": {
      "values server": { ha: { raft: { enabled: true, config: TLS } } },
    },
    "tlsDisable null, which Helm takes for false": { "values global tlsDisable": null },
    "values that win over their files": {
      valueYamlFiles: [{ text: "global: {tlsDisable: true}" }],
    },
    "a zero in an object": { [RAFT]: { listener: { tcp: { tls_disable: 0 } } } },
    "a configuration as an object": { [RAFT]: { listener: { tcp: { tls_cert_file: "a" } } } },
    standalone: { "values server": { standalone: { config: TLS } } },
    "high availability without raft": { "values server": { ha: { enabled: true, config: TLS } } },
    "arguments that only look like dev": { "values server extraArgs": "-log-level=debug -devious" },
  })
  .bad("vault", OFF, {
    "a TCP listener by its type": { [RAFT]: 'listener {\n  type = "tcp"\n  tls_disable = true\n}' },
    "a unix label over a TCP type": { [RAFT]: 'listener "unix" { type = "tcp" tls_disable = 1 }' },
    "two types, of which Vault takes the last": {
      [RAFT]: 'listener "unix" { type = "unix" type = "tcp" tls_disable = 1 }',
    },
    "a type that is no text": { [RAFT]: 'listener "unix" { type = 1 tls_disable = 1 }' },
    "an object in between, in JSON": {
      [RAFT]: '{"listener":{"tcp":{"a":{"type":"tcp","tls_disable":1}}}}',
    },
    "objects in a list in between, in JSON": {
      [RAFT]: '{"listener":{"tcp":{"a":[{"tls_disable":1}]}}}',
    },
    "tls_disable = 1": { [RAFT]: PLAIN },
    "the second listener": { [RAFT]: TLS + PLAIN },
    "a configuration as an object": { [RAFT]: { listener: [{ tcp: { TLS_DISABLE: "T" } }] } },
  })
  .bad("vault", ODD, {
    "null in HCL, which has none": { [RAFT]: PLAIN.replace("1", "null") },
    "a value that Vault refuses": { [RAFT]: PLAIN.replace("1", '"yes"') },
  })
  .bad("vault", `V02 ${V}, ${RAFT_PATH}: ${DEFAULT}`, {
    "raft without a configuration of its own": {
      "values server": { standalone: { config: TLS }, ha: { raft: { enabled: true } } },
    },
    "no configuration": { [RAFT]: undefined },
  })
  .bad("vault", NOT_TOLD, {
    "the empty address of a Vault outside": { "values global": { externalVaultAddr: "" } },
    "the server on, the rest off": {
      "values global": { enabled: false, tlsDisable: true },
      "values server enabled": true,
    },
    "the server on as a string": {
      "values global": { enabled: false, tlsDisable: true },
      "values server enabled": "true",
    },
    "tlsDisable true": { "values global tlsDisable": true },
    "tlsDisable absent": { "values global": undefined },
    "tlsDisable as a string, which a template takes for true": {
      "values global tlsDisable": "false",
    },
    "the chart as an archive": { chart: ".local/charts/vault-0.34.1.tgz", "values global": {} },
    "the chart from an OCI registry": {
      chart: "oci://charts.example.com/vault",
      "values global": {},
    },
  })
  .bad("vault", `V01 ${V}, values.server.standalone.config: ${ON}`, {
    "a later file of values that turns TLS off": {
      values: undefined,
      valueYamlFiles: [
        {
          text: "global: {tlsDisable: false}\nserver: {standalone: {config: 'listener \"tcp\" { tls_disable = 0 }'}}",
        },
        { text: "server: {standalone: {config: 'listener \"tcp\" { tls_disable = 1 }'}}" },
      ],
    },
    "a mode that is off": { "values server standalone": { config: PLAIN } },
  })
  .bad("vault", UNREADABLE, {
    "no HCL": { [RAFT]: "listener tcp {" },
    "a template": { [RAFT]: PLAIN.replace("1", "{{ .Values.x }}") },
  })
  .bad("vault", UNJUDGED, {
    "a template that changes nothing": { [RAFT]: `${TLS}# {{ .Values.x }}` },
  })
  .bad("vault", `V11 ${V}, values.server.note: ${CANNOT}`, {
    "a listener in an unknown value that cannot be read": { "values server note": `${TLS}x =` },
  })
  .bad("vault", `V11 Helm release "vault/x" (chart web), values.server.ha.config: ${CANNOT}`, {
    "a broken configuration in another chart, at a path of Vault's": {
      "@name": "x",
      chart: "web",
      values: { server: { ha: { config: `${TLS}x =` } } },
    },
  })
  .bad("vault", `V01 ${V}, values.more.a: ${ON}`, {
    "values as YAML in values": { "values more": JSON.stringify({ a: PLAIN }) },
  })
  .bad("vault", `V01 ${V}, values.server.ha.config: ${ON}`, {
    "the configuration without raft": { "values server ha config": PLAIN },
  })
  .bad("vault", `V02 ${V}, ${RAFT_PATH}: the configuration names no listener.`, {
    "no listener": { [RAFT]: "ui = true" },
    "an empty configuration": { [RAFT]: " " },
  })
  .bad("vault", [NOT_TOLD, `V02 ${V}, values.server.standalone.config: ${DEFAULT}`], {
    "no values": { values: undefined },
  })
  .bad("vault", `V02 ${V}, values.server.ha.config: ${DEFAULT}`, {
    "another mode's configuration": { "values server ha raft enabled": false },
  })
  .bad("vault", `V05 ${V}, values.server.dev.enabled: ${DEV}`, {
    "dev mode": { "values server dev": { enabled: true } },
  })
  .bad(
    "vault",
    `V03 Helm release "vault/vault" (chart openbao), values.global.tlsDisable: ${TOLD}`,
    { "OpenBao's chart": { chart: "openbao", "values global": {} } },
  )
  .bad(
    "vault",
    'V01 Helm release "vault/x" (chart web), values.files["a.hcl"]: a listener has tls_disable on.',
    {
      "a listener in another chart's values": {
        "@name": "x",
        chart: "web",
        values: { files: { "a.hcl": PLAIN } },
      },
    },
  )
  .unknown("vault", "values", { "values that are an output": { values: UNKNOWN } })
  .unknown("vault", RAFT_PATH, { "a configuration that is an output": { [RAFT]: UNKNOWN } })
  .unknown("vault", "values.server.ha.enabled", {
    "a mode that is an output": { "values server ha enabled": UNKNOWN },
  })
  .unknown("vault", "values.server.ha.raft.enabled", {
    "raft that is an output": { "values server ha raft enabled": UNKNOWN },
  })
  .unknown("vault", "values.global.tlsDisable", {
    "tlsDisable that is an output": { "values global tlsDisable": UNKNOWN },
  });

for (const extraArgs of devArguments) {
  const change = { "values server extraArgs": extraArgs };
  suite.bad("vault", `V05 ${V}, values.server.extraArgs: ${DEV}`, {
    [`the argument ${String(extraArgs)}`]: change,
  });
}
for (const [title, { chart, values }] of Object.entries(sound))
  suite.good("vault", { [title]: { "@name": "x", chart, values } });
for (const [title, { chart, values, at, found }] of Object.entries(untold)) {
  const release = `Helm release "vault/x" (chart ${at === "" ? "vault" : "web"}), values${at}`;
  const said = found.map((code) => `${code} ${release}.${PLACES[code]}`);
  suite.bad("vault", said, { [title]: { "@name": "x", chart, values } });
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
