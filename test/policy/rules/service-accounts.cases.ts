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
  .good("deployment", {
    "a patch": { "@type": PATCH, [`${POD} automountServiceAccountToken`]: undefined },
    "an account that is an output": {
      [`${POD} automountServiceAccountToken`]: undefined,
      [`${POD} serviceAccountName`]: UNKNOWN,
    },
  })
  .good("secret", {
    "a Secret of another API": {
      "@type": "kubernetes:example.com/v1:Secret",
      type: "kubernetes.io/service-account-token",
    },
  })
  .bad(
    "deployment",
    'K12 Deployment "shlink/shlink", spec.template.spec.automountServiceAccountToken: the pod gets a token of the default account.',
    { "the default account": { [`${POD} automountServiceAccountToken`]: undefined } },
  )
  .bad(
    "job",
    'K12 Job "shlink/migration", spec.template.spec.automountServiceAccountToken: the pod gets a token of the default account.',
    { "the default account by name": { [`${POD} serviceAccountName`]: "default" } },
  )
  .bad("secret", 'K12a Secret "shlink/a", type: the Secret stores a service account\'s token.', {
    "a stored token": { type: "kubernetes.io/service-account-token" },
  })
  .unknown("deployment", "spec.template.spec.automountServiceAccountToken", {
    "a switch that is an output": { [`${POD} automountServiceAccountToken`]: UNKNOWN },
  });
