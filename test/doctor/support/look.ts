import { findings } from "../../../doctor/chain.ts";
import { examine } from "../../../doctor/finding.ts";
import { openAccess } from "../../../doctor/observe/access.ts";
import { observe } from "../../../doctor/observe/index.ts";
import { Redaction } from "../../../doctor/redaction.ts";
import { readKubeconfig } from "../../../effects/kubeconfig.ts";
import type { Settings } from "../../../settings/index.ts";
import { verifier } from "./served.ts";

/** What PostgreSQL, a sentinel and `df` answer in a cluster in which all is well. */
export const healthyAnswers: Record<string, string> = {
  has_schema_privilege: "t\n",
  rolpassword: `${verifier}\n`,
  "get-master-addr-by-name": "10.0.0.1\n6379\n",
  df: "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 10 1 9 10% /pgdata\n",
};

/** What the doctor sees in the cluster of the kubeconfig, and says of it. */
export async function look(answers = healthyAnswers, settings?: Settings) {
  const access = await openAccess(await readKubeconfig(), true);
  access.execute = (_target, command) => {
    const asked = Object.keys(answers).find((key) => command.join(" ").includes(key));
    return Promise.resolve(answers[asked ?? ""] ?? "");
  };
  const redaction = new Redaction();
  const snapshot = await observe({ access, redaction, settings, report: () => undefined });
  return { snapshot, redaction, ...examine(findings, snapshot) };
}
