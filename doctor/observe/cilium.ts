import { namespaceNames } from "../../platform/namespaces.ts";
import type { CiliumPolicy, Facts } from "../facts.ts";
import { type Access, seen } from "./access.ts";
import { readWhole } from "./lists.ts";

const resources = ["ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies"];
const ours: string[] = namespaceNames(true);

/** Cilium's own policies for the stack's namespaces and for the whole cluster: nothing is asked where it has no such kinds. */
export async function readCiliumPolicies(
  access: Access,
  { definitions }: Pick<Facts, "definitions">,
) {
  const served = resources.filter((one) => definitions.includes(`${one}.cilium.io`));
  const lists = await Promise.all(
    served.map((one) => readWhole<CiliumPolicy>(access, `/apis/cilium.io/v2/${one}`, one)),
  );
  const blind = lists.find(({ known }) => !known);
  if (blind !== undefined) return blind;
  return seen(
    lists
      .flatMap((list) => (list.known ? list.value : []))
      .filter(({ metadata: { namespace } }) => namespace === undefined || ours.includes(namespace)),
  );
}
