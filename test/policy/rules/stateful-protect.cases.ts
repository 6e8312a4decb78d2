import { statefulProtect } from "../../../policy/rules/stateful-protect.ts";
import { POSTGRES } from "../support/fixtures/databases.ts";
import { VAULT } from "../support/fixtures/vault.ts";
import { DEPLOYMENT } from "../support/fixtures/workloads.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const CLAIM: Fixture = {
  type: "kubernetes:core/v1:PersistentVolumeClaim",
  name: "data",
  opts: { protect: true },
  props: { metadata: { name: "data", namespace: "shlink" }, spec: {} },
};

export const suite = new Cases(statefulProtect, {
  cluster: POSTGRES,
  claim: CLAIM,
  vault: VAULT,
  deployment: DEPLOYMENT,
})
  .good("cluster", {
    "a patch": {
      "@type": "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresClusterPatch",
      "@opts": { protect: false },
    },
    "a protected database of which nothing is known": { metadata: UNKNOWN, spec: UNKNOWN },
  })
  .bad(
    "cluster",
    'D17 PostgresCluster "postgres/shlink-db": the resource holds data and is not protected.',
    { "a database": { "@opts": { protect: false } } },
  )
  .bad(
    "claim",
    'D17 PersistentVolumeClaim "shlink/data": the resource holds data and is not protected.',
    { "a volume": { "@opts": {} } },
  )
  .bad(
    "vault",
    'D17a Helm release "vault/vault" (chart vault): the resource holds data that is hard to bring back, and is not protected.',
    { Vault: { "@opts": { protect: false } } },
  );
