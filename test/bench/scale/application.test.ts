import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { before, describe, it } from "mocha";
import { Application } from "../../../bench/scale/application.ts";
import { VaultAccess } from "../../../components/vault/access.ts";
import type { VaultSource } from "../../../components/vault/source.ts";
import { absentCluster, record, type Registration, stackSettings } from "../../../plan/render.ts";
import type { Settings } from "../../../settings/index.ts";

/** What one application registers on a platform, and what it asks of the machine on which the program runs. */
interface Recorded {
  registrations: Registration[];
  ports: number[];
  files: string[];
}

async function recorded(number: number, kept: boolean): Promise<Recorded> {
  const settings = stackSettings("dev");
  const [ports, files]: [number[], string[]] = [[], []];
  const cluster = {
    ...absentCluster,
    tunnel: ({ localPort }: { localPort: number }) => Promise.resolve(void ports.push(localPort)),
    file: (name: string) => {
      files.push(name);
      return name;
    },
  };
  const platform = {
    settings: settings as unknown as Settings,
    cluster,
    externalSecrets: { account: { name: "external-secrets", namespace: theirs }, installed: [] },
    gatewayPrincipal: "cluster.local/ns/theirs/sa/gateway",
  };
  const { registrations } = await record("dev", settings, nothing, () => {
    const vault = kept ? { vault: new VaultAccess("vault-access", { source, found: [] }) } : {};
    new Application(number, { ...platform, ...vault }, {});
    return Promise.resolve();
  });
  const own = registrations.filter((one) => pathOf(one, registrations).includes("Application-"));
  return { registrations: own, ports, files };
}

/** Where the platform has what all applications share. */
const theirs = "theirs";
const nothing = () => undefined;

/** The types of all parents, and the name: what the engine makes a URN of. */
function pathOf({ type, name, parent }: Registration, all: Registration[]): string {
  const types = [type];
  for (let key = parent; key !== undefined;) {
    const above = all.find((one) => `${one.type}::${one.name}` === key);
    types.unshift(above?.type ?? "");
    key = above?.parent;
  }
  return `${types.join("$")}::${name}`;
}

const source = {
  address: pulumi.output("http://vault.theirs.svc:8200"),
  store: "secret",
  logins: { path: "kubernetes", existing: true },
  prefix: "",
  ownAuthority: false,
  audit: false,
  provider: { address: "http://127.0.0.1:18200" },
  session: pulumi.output({}),
} as unknown as VaultSource;

interface Named {
  metadata?: { name?: string; namespace?: string };
}

/** What an object is called in the cluster or in Vault, where it has no name of the provider's own making. */
function placeOf({ type, inputs }: Registration): string[] {
  const { name, namespace = "" } = (inputs as Named).metadata ?? {};
  if (type.startsWith("kubernetes:"))
    return name === undefined ? [] : [`${type} ${namespace}/${name}`];
  const { name: own, roleName } = inputs as { name?: string; roleName?: string };
  return type.startsWith("vault:") ? [`${type} ${own ?? roleName}`] : [];
}

for (const kept of [true, false])
  describe(`Two applications on one platform, with secrets ${kept ? "in Vault" : "in the state"}`, function () {
    this.timeout(60_000);
    let [one, other]: Recorded[] = [];
    before(async () => {
      [one, other] = [await recorded(1, kept), await recorded(2, kept)];
    });
    const both = (of: (recorded: Recorded) => unknown[]) => {
      const [first, second] = [one, other].map((each) => of(each as Recorded));
      return { first: first ?? [], all: [...(first ?? []), ...(second ?? [])] };
    };
    const isApart = (of: (recorded: Recorded) => unknown[], least: number) => {
      const { first, all } = both(of);
      assert.ok(first.length >= least, String(first.length));
      assert.deepEqual(all, [...new Set(all)]);
    };

    it("have no resource in common", () => {
      isApart(({ registrations }) => registrations.map((each) => pathOf(each, registrations)), 30);
    });

    it("have no object of the same name in the same place, in the cluster or in Vault", () => {
      isApart(({ registrations }) => registrations.flatMap(placeOf), 20);
    });

    it("share no port and no file of the machine on which the program runs", () => {
      isApart(({ ports }) => ports, 1);
      isApart(({ files }) => files, 1);
    });

    it("say nothing of each other, and nothing of a namespace or a host that a single one would have", () => {
      const { first } = both(({ registrations }) => registrations);
      const text = JSON.stringify(first);
      assert.doesNotMatch(text, /app2/);
      assert.match(text, /app1/);
      const namespaces = [...text.matchAll(/"namespace":"([^"]*)"/g)].map(([, name]) => name);
      const own = [...new Set(namespaces)].filter((name) => name !== theirs).sort();
      assert.deepEqual(own, ["app1-postgres", "app1-redis", "app1-shlink"]);
      assert.doesNotMatch(text, /(?<!app1-)\b(postgres|redis|shlink)\.svc/);
      assert.doesNotMatch(text, /shlink\.local/);
    });
  });
