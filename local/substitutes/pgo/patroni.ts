import type { Context } from "./context.ts";
import { clusterNames, label } from "./names.ts";
import { isReady, isRunning, isTerminating, readyCondition, type Instance } from "./observe.ts";
import { leaderConfigEndpoints, leaderEndpoints, synchronousEndpoints } from "./services.ts";
import { promoteCommand, roleFile } from "./startup.ts";
import type { Endpoints, Pod } from "./types.ts";

export interface Election {
  leader: Instance | undefined;
  /** The leader is a replica that has to be promoted. */
  promote: boolean;
}

/** The leader keeps its place until it has not served for the lease; then a ready replica leads. */
export function elect(
  known: string | undefined,
  instances: Instance[],
  lostForSeconds: number,
  leaseSeconds: number,
): Election {
  const current = instances.find(({ name }) => `${name}-0` === known);
  if (known === undefined) return { leader: instances[0], promote: false };
  const candidate = instances.find(
    (instance) => instance !== current && isReady(instance.pod) && !isTerminating(instance.pod),
  );
  const lost = current === undefined || lostForSeconds > leaseSeconds;
  return lost && candidate !== undefined
    ? { leader: candidate, promote: true }
    : { leader: current ?? instances[0], promote: false };
}

const withoutRole = { metadata: { labels: { [label.role]: null } } };

/** Plays the part that Patroni has inside each pod: roles, the leader's address, failover. */
export class Patroni {
  readonly #missingSince = new Map<string, number>();
  readonly #told = new Map<string, string>();

  #lostFor(pod: Pod | undefined, key: string): number {
    const now = Date.now();
    if (isReady(pod)) {
      this.#missingSince.delete(key);
      return 0;
    }
    const since = Date.parse(readyCondition(pod)?.lastTransitionTime ?? "");
    const missing = this.#missingSince.get(key) ?? (Number.isNaN(since) ? now : since);
    this.#missingSince.set(key, missing);
    return (now - missing) / 1000;
  }

  async #tell({ exec }: Context, pod: Pod, role: string): Promise<void> {
    const uid = pod.metadata.uid ?? "";
    if (this.#told.get(uid) === role) return;
    const script = `echo ${role} >${roleFile}.new && mv ${roleFile}.new ${roleFile}`;
    await exec(pod.metadata, ["sh", "-c", script]);
    this.#told.set(uid, role);
  }

  /** Returns the pod that takes writes, if there is one now. */
  async reconcile(context: Context, instances: Instance[]): Promise<Pod | null> {
    const { kube, exec, cluster } = context;
    const { name, namespace } = cluster.metadata;
    const key = `${namespace}/${name}`;
    const endpoints = await kube.get<Endpoints>("Endpoints", namespace, clusterNames(name).leader);
    const known = endpoints?.metadata.annotations?.leader;
    const current = instances.find((instance) => `${instance.name}-0` === known)?.pod;
    const lease = cluster.spec.patroni?.leaderLeaseDurationSeconds ?? 30;
    const lost = known === undefined ? 0 : this.#lostFor(current, key);
    const { leader, promote } = elect(known, instances, lost, lease);
    const pod = leader?.pod;
    if (promote && pod !== undefined) {
      context.log(`${key}: ${known ?? "no one"} is lost, promoting ${pod.metadata.name}`);
      await exec(pod.metadata, promoteCommand);
      await kube.apply(leaderEndpoints(cluster, pod));
      // A lost primary that still runs would take writes nobody keeps.
      if (current !== undefined) await kube.remove({ ...current, kind: "Pod" });
    }
    const serves = isReady(pod) && !isTerminating(pod);
    await this.#tellRoles(context, instances, pod, serves);
    if (pod === undefined || !serves) return null;
    await this.#publish(context, instances, pod);
    return pod;
  }

  async #tellRoles(
    context: Context,
    instances: Instance[],
    leader: Pod | undefined,
    leaderServes: boolean,
  ): Promise<void> {
    for (const { pod } of instances) {
      if (pod === undefined || isReady(pod) || isTerminating(pod) || !isRunning(pod)) continue;
      if (pod === leader) await this.#tell(context, pod, "primary");
      else if (leaderServes) await this.#tell(context, pod, "replica");
    }
  }

  async #publish(context: Context, instances: Instance[], leader: Pod): Promise<void> {
    const { kube, exec, cluster, status } = context;
    for (const { pod } of instances) {
      if (pod === undefined) continue;
      const role = pod === leader ? "master" : "replica";
      const shown = pod.metadata.labels?.[label.role];
      if (pod !== leader && !isReady(pod)) {
        // Nobody says what a server is that does not say so itself.
        if (shown === "master") await kube.merge("Pod", pod.metadata, withoutRole);
        continue;
      }
      if (shown === role) continue;
      const member = JSON.stringify({
        role: role === "master" ? "primary" : role,
        state: "running",
      });
      await kube.merge("Pod", pod.metadata, {
        metadata: { labels: { [label.role]: role }, annotations: { status: member } },
      });
    }
    await kube.apply(leaderEndpoints(cluster, leader));
    if (cluster.spec.patroni?.dynamicConfiguration?.synchronous_mode === true) {
      const standby = instances.find(({ pod }) => pod !== leader && isReady(pod))?.pod;
      await kube.apply(synchronousEndpoints(cluster, leader, standby));
    }
    if (status.patroni?.systemIdentifier === undefined) {
      const query = "SELECT system_identifier FROM pg_catalog.pg_control_system()";
      const id = (await exec(leader.metadata, ["psql", "-XAtwc", query])).trim();
      await kube.apply(leaderConfigEndpoints(cluster, id));
      status.patroni = { systemIdentifier: id };
    }
  }
}
