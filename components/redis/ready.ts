import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { images } from "../../platform/images.ts";
import { restrictedContainer, restrictedPod } from "../../platform/pods.ts";
import type { FailoverArgs } from "./failover.ts";
import { authSecret, masterName, sentinelAddress } from "./names.ts";

/** Succeeds once the sentinels name a master that takes the password and has all its replicas attached. */
export function readinessScript(replicas: number, namespace: string): string {
  const { host, port } = sentinelAddress(namespace);
  return `for attempt in $(seq 300); do
  master=$(redis-cli -h ${host} -p ${port} sentinel get-master-addr-by-name ${masterName} 2>/dev/null | head -n 1)
  attached=$(redis-cli -h "$master" info replication 2>/dev/null | grep -c 'state=online')
  [ "$attached" -ge ${replicas - 1} ] && redis-cli -h "$master" ping 2>/dev/null | grep -q PONG && exit 0
  [ $((attempt % 10)) -eq 0 ] && echo "master: \${master:-none}, replicas attached: $attached of ${replicas - 1}"
  sleep 1
done
echo "Redis has no working master after 5 minutes; look at: kubectl -n ${namespace} get pods" && exit 1`;
}

export function readyPod(
  { version, replicas }: Pick<FailoverArgs, "version" | "replicas">,
  namespace: pulumi.Input<string>,
): k8s.types.input.core.v1.PodSpec {
  const script = pulumi.output(namespace).apply((name) => readinessScript(replicas, name));
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    securityContext: restrictedPod(1000),
    containers: [
      {
        name: "ready",
        image: images[`redis${version}`],
        imagePullPolicy: "IfNotPresent",
        command: ["sh", "-c", script],
        // redis-cli takes the password from here, so that it is in no process's arguments.
        env: [
          {
            name: "REDISCLI_AUTH",
            valueFrom: { secretKeyRef: { name: authSecret, key: "password" } },
          },
        ],
        terminationMessagePolicy: "FallbackToLogsOnError",
        resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
        securityContext: restrictedContainer,
      },
    ],
  };
}
