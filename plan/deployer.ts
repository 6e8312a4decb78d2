import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseAllDocuments, stringify } from "yaml";
import { runCommand } from "../effects/command.ts";
import { absentNamespaces } from "../stack/parts.ts";
import { readSettings } from "../settings/stack-file.ts";
import type { NamespaceName } from "../platform/namespaces.ts";
import type { Settings } from "../settings/index.ts";

const usage = "Usage: npm run --silent deployer -- STACK | kubectl apply --filename -";

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
}
interface Document {
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  rules?: Rule[];
}

/** Names of objects of the whole cluster that come with the charts of a namespace. */
const ofCharts: Partial<Record<NamespaceName, RegExp>> = {
  "istio-system": /^istio/,
  vault: /^(vault|system:auth-delegator)/,
  "external-secrets": /^(external-secrets|externalsecret-|secretstore-)/,
  "postgres-operator": /^(pgo|postgres-operator)$/,
  "redis-operator": /^redis-operator$/,
};
const clusterWide = [
  "namespaces",
  "clusterroles",
  "clusterrolebindings",
  "mutatingwebhookconfigurations",
];

/** docs/deployer.yaml for a stack that takes parts from others: nothing of it is about their namespaces and their objects. */
export function deployerOf(settings: Settings): object[] {
  const others: string[] = absentNamespaces(settings);
  const foreign = others.flatMap((name) => ofCharts[name as NamespaceName] ?? []);
  const isTheirs = (name: string) =>
    others.includes(name) || foreign.some((pattern) => pattern.test(name));
  const documents = parseAllDocuments(readFileSync(file, "utf8")).map(
    (document) => document.toJS() as Document,
  );
  const kept = documents
    .filter(({ kind, metadata: { name, namespace, annotations } }) => {
      const release = annotations?.["meta.helm.sh/release-namespace"];
      const places = [namespace, release, kind === "Namespace" ? name : undefined];
      return !places.some((place) => place !== undefined && others.includes(place));
    })
    .map(({ rules, ...rest }) =>
      rules === undefined
        ? rest
        : { ...rest, rules: rules.flatMap((rule) => narrowed(rule, isTheirs)) },
    );
  return [...kept, ...tokenOf(settings.vault)];
}

/** The right to make the token with which the deployer logs in to a Vault that somebody else runs. */
function tokenOf(vault: Settings["vault"]): object[] {
  if (vault.mode !== "existing" || vault.login.mode !== "kubernetes") return [];
  const { namespace, account } = vault.login;
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const metadata = { name: "shlink-deployer-vault-login", namespace };
  const rule = {
    apiGroups: [""],
    resources: ["serviceaccounts/token"],
    resourceNames: [account],
    verbs: ["create"],
  };
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name };
  const deployer = { name: "shlink-deployer", namespace: "shlink-deployer" };
  return [
    { apiVersion, kind: "Role", metadata, rules: [rule] },
    {
      apiVersion,
      kind: "RoleBinding",
      metadata,
      roleRef,
      subjects: [{ kind: "ServiceAccount", ...deployer }],
    },
  ];
}

const file = new URL("../docs/deployer.yaml", import.meta.url);

/** A rule without the names of others; none where it had no other names. */
function narrowed(rule: Rule, isTheirs: (name: string) => boolean): Rule[] {
  const { resourceNames, resources } = rule;
  if (resourceNames === undefined || !clusterWide.some((one) => resources.includes(one)))
    return [rule];
  const own = resourceNames.filter((name) => !isTheirs(name));
  return own.length === 0 ? [] : [{ ...rule, resourceNames: own }];
}

/** Prints what an administrator applies before the first `pulumi up` of a stack. */
function print(args: string[]): void {
  const [stack] = parseArgs({ args, allowPositionals: true }).positionals;
  if (stack === undefined) throw new Error(usage);
  const documents = deployerOf(readSettings(`Pulumi.${stack}.yaml`));
  process.stdout.write(documents.map((one) => stringify(one)).join("---\n"));
}

if (process.argv[1] === import.meta.filename) await runCommand(usage, print);
