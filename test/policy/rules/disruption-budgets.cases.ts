import { disruptionBudgets } from "../../../policy/rules/disruption-budgets.ts";
import { DEPLOYMENT } from "../support/fixtures/workloads.ts";
import { type Fixture, StackCases, UNKNOWN } from "../support/suite.ts";

const BUDGET: Fixture = {
  type: "kubernetes:policy/v1:PodDisruptionBudget",
  name: "shlink",
  props: {
    metadata: { name: "shlink", namespace: "shlink" },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: "shlink" } } },
  },
};

export const suite = new StackCases(disruptionBudgets, { deployment: DEPLOYMENT, budget: BUDGET })
  .good("one replica, for which a budget would forbid every drain", {
    deployment: { "spec replicas": 1 },
    budget: undefined,
  })
  .good("labels that are not known yet", {
    deployment: { "spec template metadata labels app": UNKNOWN },
  })
  .bad("no budget", { budget: undefined }, [
    'K14 Deployment "shlink/shlink": no disruption budget covers the pods.',
  ])
  .bad("a budget for other pods", { budget: { "spec selector matchLabels app": "other" } }, [
    'K14 Deployment "shlink/shlink": no disruption budget covers the pods.',
  ])
  .bad("a budget of another namespace", { budget: { "metadata namespace": "other" } }, [
    'K14 Deployment "shlink/shlink": no disruption budget covers the pods.',
  ])
  .bad("a budget that allows nothing", { budget: { "spec maxUnavailable": 0 } }, [
    'K14a PodDisruptionBudget "shlink/shlink", spec.maxUnavailable: the budget allows no disruption at all.',
  ])
  .bad("a budget that wants all", { budget: { "spec minAvailable": "100%" } }, [
    'K14a PodDisruptionBudget "shlink/shlink", spec.minAvailable: the budget allows no disruption at all.',
  ])
  .unknown("a budget that is an output", { budget: { "spec maxUnavailable": UNKNOWN } }, [
    "spec.maxUnavailable",
  ]);
