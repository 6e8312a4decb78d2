import { serviceAccounts } from "../../../policy/rules/service-accounts.ts";
import { DEPLOYMENT, JOB, PATCH, POD } from "../support/fixtures/workloads.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const SECRET: Fixture = {
  type: "kubernetes:core/v1:Secret",
  name: "a",
  props: { metadata: { name: "a", namespace: "shlink" }, type: "Opaque" },
};

export const suite = new Cases(serviceAccounts, {
  deployment: DEPLOYMENT,
  job: JOB,
  secret: SECRET,
})
  .good("a patch", "deployment", {
    "@type": PATCH,
    [`${POD} automountServiceAccountToken`]: undefined,
  })
  .good("an account that is an output", "deployment", {
    [`${POD} automountServiceAccountToken`]: undefined,
    [`${POD} serviceAccountName`]: UNKNOWN,
  })
  .good("a Secret of another API", "secret", {
    "@type": "kubernetes:example.com/v1:Secret",
    type: "kubernetes.io/service-account-token",
  })
  .bad(
    "the default account",
    "deployment",
    { [`${POD} automountServiceAccountToken`]: undefined },
    'K12 Deployment "shlink/shlink", spec.template.spec.automountServiceAccountToken: the pod gets a token of the default account.',
  )
  .bad(
    "the default account by name",
    "job",
    { [`${POD} serviceAccountName`]: "default" },
    'K12 Job "shlink/migration", spec.template.spec.automountServiceAccountToken: the pod gets a token of the default account.',
  )
  .bad(
    "a stored token",
    "secret",
    { type: "kubernetes.io/service-account-token" },
    'K12a Secret "shlink/a", type: the Secret stores a service account\'s token.',
  )
  .unknown(
    "a switch that is an output",
    "deployment",
    { [`${POD} automountServiceAccountToken`]: UNKNOWN },
    "spec.template.spec.automountServiceAccountToken",
  );
