import { reasonOf } from "../../effects/reason.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Pod, SecretStore, Seen, VaultServer } from "../facts.ts";
import { podsOf } from "../readings.ts";
import { type Access, attempt, refusal, seen, unseen } from "./access.ts";

const { namespace, ports } = workloads.vault;
type Scheme = "http" | "https";

interface Health {
  initialized?: boolean;
  sealed?: boolean;
  standby?: boolean;
}

/** Asks each server for its health, through the API server and without a login. */
export const askVaults = (access: Access, pods: Pod[], stores: Seen<SecretStore[]>) =>
  attempt<VaultServer[]>(async () => {
    const servers = podsOf(pods, "vault");
    const schemes = likelyFirst(stores.known ? stores.value : []);
    const names = servers.map(({ metadata }) => metadata.name);
    const asked = await Promise.allSettled(names.map((pod) => askOne(access, pod, schemes)));
    const heard = asked.some(({ status }) => status === "fulfilled");
    const answers = asked.map((answer, index) => {
      if (answer.status === "fulfilled") return answer.value;
      // One that hangs says nothing of the others; where none is heard, the API server may be at fault.
      if (!heard) throw answer.reason;
      return { status: 0, server: { pod: names[index]!, failure: reasonOf(answer.reason) } };
    });
    const forbidden = answers.some(({ status }) => status === 403);
    if (forbidden) return unseen(refusal(`get pods/proxy in ${namespace}`, 403));
    return seen(answers.map(({ server }) => server));
  });

/** A server that is asked in the wrong scheme refuses at once, and is asked in the other. */
function likelyFirst(stores: SecretStore[]): Scheme[] {
  const plain = stores.every(({ spec }) => !spec?.provider?.vault?.server?.startsWith("https:"));
  return plain ? ["http", "https"] : ["https", "http"];
}

async function askOne(access: Access, pod: string, schemes: Scheme[]) {
  let failure = "";
  let refused = 0;
  for (const scheme of schemes) {
    const path = `/api/v1/namespaces/${namespace}/pods/${scheme}:${pod}:${ports.api}/proxy/v1/sys/health`;
    const { status, body } = await access.ask<Health>(path);
    if (body.initialized !== undefined) {
      const { initialized: initialised, sealed, standby } = body;
      const active = sealed === false && standby === false;
      return { status, server: { pod, scheme, initialised, sealed, active } };
    }
    if (failure === "") failure = body.message ?? `HTTP ${status}`;
    refused = status;
  }
  return { status: refused, server: { pod, failure } };
}
