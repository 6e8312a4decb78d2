import type * as k8s from "@pulumi/kubernetes";
import type { Program } from "../../incluster/environment.ts";
import { images } from "../../platform/images.ts";
import { restrictedContainer, restrictedPod } from "../../platform/pods.ts";

type Volume = k8s.types.input.core.v1.Volume;

export interface ProgramPodArgs {
  /** Name of the container. */
  name: string;
  program: Program;
  env: Record<string, k8s.types.input.core.v1.EnvVar["value"]>;
  /** The ConfigMap with the program's files. */
  scripts: k8s.core.v1.ConfigMap;
  /** What it reads, each with its folder. */
  mounts: { volume: Volume; path: string }[];
}

const scriptsFolder = "/scripts";

/** A pod that runs one of our programs to its end, with no right to anything. */
export function programPod(args: ProgramPodArgs): k8s.types.input.core.v1.PodSpec {
  const source = { name: "scripts", configMap: { name: args.scripts.metadata.name } };
  const mounts = [{ volume: source, path: scriptsFolder }, ...args.mounts];
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    securityContext: restrictedPod(1000),
    containers: [container({ ...args, mounts })],
    volumes: mounts.map(({ volume }) => volume),
  };
}

function container({ name, program, env, mounts }: ProgramPodArgs) {
  return {
    name,
    image: images.node,
    imagePullPolicy: "IfNotPresent",
    command: ["node", `${scriptsFolder}/${program}`],
    env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
    terminationMessagePolicy: "FallbackToLogsOnError",
    resources: { requests: { cpu: "10m", memory: "96Mi" }, limits: { memory: "192Mi" } },
    securityContext: restrictedContainer,
    volumeMounts: mounts.map(({ volume, path }) => ({
      name: volume.name,
      mountPath: path,
      readOnly: true,
    })),
  };
}
