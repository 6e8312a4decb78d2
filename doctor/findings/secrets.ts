import { authSecret } from "../../components/redis/names.ts";
import { apiKey } from "../../components/shlink/names.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Event, ExternalSecret, SecretStore } from "../facts.ts";
import { type Finding, finding } from "../finding.ts";
import { bringBack, installAnew } from "../mend.ts";
import { brief, condition, minutesSince, nameOf } from "../readings.ts";

const look = [
  "kubectl get secretstores,externalsecrets -A",
  "kubectl get events -A --field-selector type=Warning",
  "kubectl -n external-secrets logs deployment/external-secrets --tail=20",
];

type Synced = SecretStore | ExternalSecret;

/** What External Secrets says about an object that is not ready: its condition, and the last event with the details. */
function complaints(object: Synced, events: Event[]): string[] {
  const ready = condition(object.status?.conditions, "Ready");
  if (ready === undefined || ready.status === "True") return [];
  const told = events
    .filter(
      ({ type, involvedObject: { name, namespace, kind } }) =>
        type === "Warning" &&
        name === object.metadata.name &&
        namespace === object.metadata.namespace &&
        ["SecretStore", "ExternalSecret"].includes(kind),
    )
    .sort((a, b) => timeOf(a) - timeOf(b))
    .at(-1);
  return [ready.message ?? ready.reason ?? "", ...(told === undefined ? [] : [told.message ?? ""])];
}

const timeOf = ({ lastTimestamp, eventTime }: Event) =>
  Date.parse(lastTimestamp ?? eventTime ?? "") || 0;

const loginRefused =
  /invalid role name|service account name not authorized|namespace not authorized/i;
const audienceRefused = /invalid audience|invalid for the target audience/i;
const reading = /permission denied|preflight capability check returned 403/i;
/** What Vault says of a token that it could not check: its issuer is another, or the API server did not answer for it. */
const unchecked =
  /lookup failed|claim "\w+" is invalid|could not load backend configuration|no handler for route .*login/i;
const timeRefused =
  /token is expired|token not yet valid|token issued in the future|invalid (expiration time|not before|issued at)/i;
const login = /auth\/[^ ]*login/;
const noValue = /Secret does not exist|cannot find secret data|could not be found|no value found/i;

/** What Vault answered, told apart by its own words. */
const answers = {
  role: (text: string) => loginRefused.test(text),
  audience: (text: string) => audienceRefused.test(text),
  time: (text: string) => timeRefused.test(text),
  policy: (text: string) => reading.test(text) && !login.test(text),
  login: (text: string) =>
    (reading.test(text) && login.test(text)) ||
    (unchecked.test(text) && !audienceRefused.test(text)),
  missing: (text: string) => noValue.test(text),
};

type Answer = keyof typeof answers;

const isExplained = (texts: string[]) =>
  texts.some((text) => Object.values(answers).some((is) => is(text)));

/** Whether an ExternalSecret fails as its SecretStore does, which is named by itself. A ClusterSecretStore is not read. */
const failsByStore = ({ metadata, spec }: ExternalSecret, texts: string[], stores: SecretStore[]) =>
  texts.some((text) => /SecretStore .* is not ready/.test(text)) &&
  stores.some(
    (store) =>
      store.metadata.namespace === metadata.namespace &&
      store.metadata.name === (spec?.secretStoreRef?.name ?? store.metadata.name) &&
      (spec?.secretStoreRef?.kind ?? "SecretStore") === "SecretStore" &&
      condition(store.status?.conditions, "Ready")?.status === "False",
  );

const refusal = (
  answer: Answer,
  texts: Pick<Finding, "id" | "title" | "meaning" | "consequence" | "fix"> & { mend?: string[] },
) =>
  finding({
    link: "secrets",
    severity: "broken",
    look,
    ...texts,
    needs: ["secretStores", "externalSecrets", "events"],
    find: ({ secretStores, externalSecrets, events }) =>
      [...secretStores, ...externalSecrets].flatMap((object) => {
        const told = complaints(object, events).find(answers[answer]);
        return told === undefined ? [] : [{ text: `${nameOf(object)}: ${brief(reasonIn(told))}` }];
      }),
  });

/** Vault's own sentence stands behind the last star of its client's message. */
const reasonIn = (message: string) => message.split(/^\s*\* /m).at(-1) ?? message;

const stale =
  "The Secret keeps its last value, or is never made: a new pod that needs it does not start.";

export const vaultRoleWrong = refusal("role", {
  id: "vault-role-wrong",
  title: "Vault does not let the service account log in",
  meaning:
    "The Vault role that a SecretStore names is not there, or is bound to another account or namespace.",
  consequence: stale,
  fix: "pulumi up --refresh --run-program makes the roles of Vault as the program has them.",
  mend: bringBack,
});

export const vaultAudienceWrong = refusal("audience", {
  id: "vault-audience-wrong",
  title: "Vault does not accept the token's audience",
  meaning: "The SecretStore asks for tokens of another audience than the Vault role wants.",
  consequence: stale,
  fix: "pulumi up --refresh --run-program writes the same audience into both.",
  mend: bringBack,
});

export const vaultTokenTimeWrong = refusal("time", {
  id: "vault-token-time-wrong",
  title: "Vault's clock and the token's do not agree",
  meaning:
    "Vault takes a token of Kubernetes for expired, or for not yet valid: the clocks of Vault's node and of the API server are minutes apart, or a SecretStore shows a token that somebody keeps in a Secret.",
  consequence: stale,
  fix: "Have the clocks of all nodes and of the control plane set by one time service (chronyc tracking says how far one is off); External Secrets then logs in by itself, with a new token. A SecretStore that takes its token from a Secret is not the program's: delete it, and have pulumi up --refresh --run-program make it anew.",
  mend: ["kubectl -n NAMESPACE delete secretstore vault-backend", ...bringBack],
});

export const vaultLoginRefused = refusal("login", {
  id: "vault-login-refused",
  title: "Vault cannot check who logs in",
  meaning: "Vault asks the API server who a token belongs to, and is refused or gets no answer.",
  consequence: stale,
  fix: "auth/kubernetes/config must name this cluster: pulumi up --refresh --run-program writes it. It must hold no reviewer token, which Vault never shows, and which any write of the config takes away. Vault's own service account needs the ClusterRole system:auth-delegator: where its binding is gone, which comes with Vault's chart and Helm does not look after, delete Helm's record of the release first (NAMESPACE and RELEASE are vault).",
  mend: installAnew,
});

export const vaultPolicyDenied = refusal("policy", {
  id: "vault-policy-denied",
  title: "Vault's policy denies a secret",
  meaning: "The login succeeds, but the policy of its role does not let it read the path.",
  consequence: stale,
  fix: "pulumi up --refresh --run-program writes the policies as the program has them.",
  mend: bringBack,
});

export const vaultValueMissing = refusal("missing", {
  id: "vault-value-missing",
  title: "A value is not in Vault",
  meaning: "The path or the property that an ExternalSecret names does not exist.",
  consequence: stale,
  fix: "pulumi up --refresh --run-program writes every value that the state has into Vault again.",
  mend: bringBack,
});

export const secretStoreNotReady = finding({
  id: "secret-store-not-ready",
  link: "secrets",
  severity: "broken",
  title: "A SecretStore cannot use Vault",
  meaning:
    "External Secrets cannot reach Vault, or does not trust it, by the address in a SecretStore.",
  consequence: stale,
  fix: "Mend Vault first if it is named above. Else see that the address, the authority and the network policies are the program's: pulumi up --refresh --run-program.",
  mend: bringBack,
  look,
  needs: ["secretStores", "events"],
  find: ({ secretStores, events }) =>
    secretStores.flatMap((store) => {
      const told = complaints(store, events);
      if (told.length === 0 || isExplained(told)) return [];
      return [{ text: `${nameOf(store)}: ${brief(reasonIn(told.at(-1) ?? ""))}` }];
    }),
});

/** External Secrets may miss an interval or two while it starts. */
const patience = { intervals: 3, minutes: 5 };

export const externalSecretNotSynced = finding({
  id: "external-secret-not-synced",
  link: "secrets",
  severity: "broken",
  title: "A Secret is not copied from Vault",
  meaning: "External Secrets could not copy a value, or has not tried for three of its intervals.",
  consequence: "The Secret keeps its last value. A changed password does not reach the pods.",
  fix: "Mend what is named above; it is tried again by itself, and at once with the annotation.",
  mend: ["kubectl -n NAMESPACE annotate externalsecret NAME force-sync=$(date +%s) --overwrite"],
  look,
  needs: ["externalSecrets", "secretStores", "events", "now"],
  find: ({ externalSecrets, secretStores, events, now }) =>
    externalSecrets.flatMap((secret) => {
      const told = complaints(secret, events);
      if (told.length > 0)
        return isExplained(told) || failsByStore(secret, told, secretStores)
          ? []
          : [{ text: `${nameOf(secret)}: ${brief(reasonIn(told.at(-1) ?? ""))}` }];
      const { refreshTime, conditions } = secret.status ?? {};
      if (condition(conditions, "Ready") === undefined)
        return [{ text: `${nameOf(secret)} was never looked at` }];
      const age = minutesSince(refreshTime, now);
      return age > longestAge(secret)
        ? [{ text: `${nameOf(secret)} was copied last ${age.toFixed(0)} minutes ago` }]
        : [];
    }),
});

/** The longest age of a copy, in minutes; an interval of zero means that it is read once. */
function longestAge({ spec }: ExternalSecret): number {
  const interval = goMinutes(spec?.refreshInterval ?? "1h");
  return interval === 0 ? Infinity : interval * patience.intervals + patience.minutes;
}

const minutesOf: Record<string, number> = { h: 60, m: 1, s: 1 / 60 };

/** A duration as Go prints it, in minutes. */
const goMinutes = (duration: string) =>
  [...duration.matchAll(/([\d.]+)([hms])/g)].reduce(
    (sum, [, count, unit = "s"]) => sum + Number(count) * (minutesOf[unit] ?? 0),
    0,
  );

export const externalSecretMissing = finding({
  id: "external-secret-missing",
  link: "secrets",
  severity: "broken",
  title: "A Secret has nobody who copies it from Vault",
  meaning:
    "Other Secrets of the stack are copied from Vault, and for one that Shlink, PostgreSQL or Redis needs there is no ExternalSecret.",
  consequence:
    "The Secret is gone with its ExternalSecret, or keeps its last value: a new pod that needs it does not start, and a changed password does not reach it.",
  fix: "pulumi up --refresh --run-program makes the ExternalSecret again.",
  mend: bringBack,
  look,
  needs: ["externalSecrets", "deployments", "postgresClusters", "redisFailovers"],
  find: ({ externalSecrets, deployments, postgresClusters, redisFailovers }) => {
    // Without any the stack has no Vault.
    if (externalSecrets.length === 0) return [];
    const places = externalSecrets.map(
      ({ metadata: { name, namespace }, spec }) => `${namespace}/${spec?.target?.name ?? name}`,
    );
    return [
      ...(deployments.some((one) => nameOf(one) === "shlink/shlink")
        ? [`${workloads.shlink.namespace}/${apiKey.secret}`]
        : []),
      ...postgresClusters.map(
        ({ metadata }) => `${workloads.postgres.namespace}/${metadata.name}-pguser-shlink`,
      ),
      ...redisFailovers.map(() => `${workloads.redis.namespace}/${authSecret}`),
    ]
      .filter((place) => !places.includes(place))
      .map((place) => ({ text: `no ExternalSecret makes Secret ${place}` }));
  },
});
