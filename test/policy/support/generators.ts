/** Everything Vault reads as tls_disable, and everything that is written as a host, with its verdict. */

import type { HostScope } from "../../../policy/engine/hosts.ts";

export type Outcome = "true" | "unreadable" | "none";

/** A value as it is written, and what Vault makes of it. */
export const values: [string, Outcome][] = [
  ...["1", "2", "-1", "+1", "0x1", "0XFF", "01", "1.0", "0.5", ".5", "1e0", "1E2", "true"].map(
    (text): [string, Outcome] => [text, "true"],
  ),
  ...["1", "t", "T", "true", "TRUE", "True"].map((text): [string, Outcome] => [
    `"${text}"`,
    "true",
  ]),
  ...["0", "00", "0x0", "0.0", "-0", "0e5", "false"].map((text): [string, Outcome] => [
    text,
    "none",
  ]),
  ...["", "0", "f", "F", "false", "FALSE", "False"].map((text): [string, Outcome] => [
    `"${text}"`,
    "none",
  ]),
  ...["yes", "on", "no", "off", "2", "tRuE", "1.0", " 1", "enabled"].map(
    (text): [string, Outcome] => [`"${text}"`, "unreadable"],
  ),
  [String.raw`"\u0074"`, "true"],
  [String.raw`"\u0066"`, "none"],
  [String.raw`"\t"`, "unreadable"],
  ...["[]", "[1]", "{}", "yes"].map((text): [string, Outcome] => [text, "unreadable"]),
];

const bareKeys = ["tls_disable", "TLS_DISABLE", "Tls_Disable"];
export const keys = [...bareKeys, ...bareKeys.map((key) => `"${key}"`)];

/** What stands around the entry; the entry has its own separator. */
export const places: [string, (entry: string) => string, "=" | ":"][] = [
  ["a block", (entry) => `listener "tcp" {\n  ${entry}\n}\n`, "="],
  ["a block with a bare label", (entry) => `listener tcp {\n  ${entry}\n}\n`, "="],
  ["a block in capitals", (entry) => `LISTENER "TCP" {\n  ${entry}\n}\n`, "="],
  ["a quoted block", (entry) => `"listener" "tcp" {\n  ${entry}\n}\n`, "="],
  ["a block on one line", (entry) => `listener "tcp" { ${entry} }`, "="],
  ["an assigned object", (entry) => `listener = { tcp = { ${entry} } }`, "="],
  ["an assigned list", (entry) => `listener = [{ tcp = { ${entry} } }]`, "="],
  [
    "the second listener",
    (entry) => `listener "tcp" {\n a = 1\n}\nlistener "tcp" {\n ${entry}\n}`,
    "=",
  ],
  [
    "a listener with telemetry",
    (entry) => `listener "tcp" {\n telemetry {\n a = true\n }\n ${entry}\n}`,
    "=",
  ],
  ["JSON", (entry) => `{"listener":{"tcp":{${entry}}}}`, ":"],
  ["a JSON list of listeners", (entry) => `{"listener":[{"tcp":{"a":1}},{"tcp":{${entry}}}]}`, ":"],
  ["a JSON list of bodies", (entry) => `{"listener":{"tcp":[{"a":1},{${entry}}]}}`, ":"],
  ["capitals in JSON", (entry) => `{ "ui": true, "LISTENER": { "TCP": { ${entry} } } }`, ":"],
];

/** Things that must not change the outcome. */
export const decoys: ((text: string) => string)[] = [
  (text) => text,
  (text) => `# tls_disable = 1\n// listener "tcp" { tls_disable = 1 }\n${text}`,
  (text) => `/* listener "tcp" {\n tls_disable = 1 } */ ${text} # tls_disable = true`,
  (text) => `note = "listener tcp { tls_disable = 1 }"\n${text}`,
  (text) => `note = <<EOF\nlistener "tcp" {\n  tls_disable = 1\n}\nEOF\n${text}`,
  (text) => `listener "unix" {\n  tls_disable = 1\n}\n${text}`,
  (text) => `tls_disable = 1\nstorage "raft" {\n tls_disable = true\n}\n${text}`,
];

export const hostNames: [string, HostScope][] = [
  ["*", "all"],
  ["*.*", "all"],
  ["*.", "all"],
  ["*.com", "public-suffix"],
  ["*.local", "public-suffix"],
  ["*.co.uk", "public-suffix"],
  ["*.com.au", "public-suffix"],
  ["*.github.io", "public-suffix"],
  ["*.gv.at", "public-suffix"],
  ["*.s3.amazonaws.com", "public-suffix"],
  ["*.nip.io", "public-suffix"],
  ["*-a.com", "public-suffix"],
  ["*-a.example.com", "subdomain"],
  ["*-a", "invalid"],
  ["*-.example.com", "invalid"],
  ["*-a*.example.com", "invalid"],
  ["*.example.com", "subdomain"],
  ["*.a.co.uk", "subdomain"],
  ["*.example.uk", "subdomain"],
  ["s.example.com", "exact"],
  ["localhost", "exact"],
  ["192.0.2.1", "exact"],
  ["2001:db8::1", "exact"],
  ["xn--bcher-kva.example", "exact"],
  ["a.*.com", "invalid"],
  ["a*", "invalid"],
  ["*a.com", "invalid"],
  ["*.a.*", "invalid"],
  ["a b.com", "invalid"],
  ["${host}", "invalid"],
  ["", "empty"],
];
export const hostDresses: ((name: string) => string)[] = [
  (name) => name,
  (name) => ` ${name}\n`,
  (name) => name.toUpperCase(),
  (name) => `"${name}"`,
  (name) => `'${name}'`,
  (name) => (name === "" ? name : `${name}.`),
  (name) => name.replaceAll("*", "\uFF0A"),
];
export const hostSpaces: [string, "any" | "one"][] = [
  ["", "any"],
  ["*/", "any"],
  ["./", "one"],
  ["shlink/", "one"],
  [" shlink /", "one"],
];
