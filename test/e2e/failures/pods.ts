import { images } from "../../../platform/images.ts";
import { restrictedContainer, restrictedPod } from "../../../platform/pods.ts";
import { ask } from "../platform.ts";
import { all, create, deployment, type Fault, inNamespace, remove } from "./fault.ts";
import { ctr } from "./node.ts";

const name = "fault";
const pods = inNamespace("api/v1", "platform", "pods");
const mend = remove(`${pods}/${name}?gracePeriodSeconds=0`);

/** A pod of nobody's that meets Pod Security, with something wrong about it. */
const pod = (container: object, spec: object = {}) =>
  create(pods, {
    metadata: { name },
    spec: {
      automountServiceAccountToken: false,
      securityContext: restrictedPod(1000),
      containers: [
        {
          name: "main",
          image: images.node,
          imagePullPolicy: "IfNotPresent",
          command: ["sleep", "3600"],
          resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
          securityContext: restrictedContainer,
          ...container,
        },
      ],
      ...spec,
    },
  });

const shlink = deployment("shlink", "shlink");
const kept = "docker.io/library/kept-by-a-fault:0";

/** The image that Shlink runs from. */
async function shlinkImage(): Promise<string> {
  const { spec } = JSON.parse((await ask("GET", shlink)).body) as {
    spec: { template: { spec: { containers: { name: string; image: string }[] } } };
  };
  return spec.template.spec.containers.find(({ name }) => name === "shlink")!.image;
}

/** Takes an image's name from the node, which has no way to any registry, or gives it back. */
const named = (from: string, to: string) => async () => {
  await ctr("images", "tag", "--force", from, to);
  await ctr("images", "rm", "--sync", from);
};

const eatMemory = "const all = []; setInterval(() => all.push(Buffer.alloc(8e6, 1)), 10);";

export const podFaults: Fault[] = [
  {
    finding: "image-pull",
    what: "an image that no registry has",
    inject: pod({ image: "docker.io/library/no-such-image:0" }),
    mend,
  },
  {
    finding: "image-pull",
    what: "a registry that is away while the node has Shlink's image no more",
    says: /pod shlink\/.*, container shlink: \w+ for .*: the registry does not answer/,
    inject: all(
      async () => named(await shlinkImage(), kept)(),
      remove(`${inNamespace("api/v1", "shlink", "pods")}?labelSelector=app%3Dshlink`),
    ),
    // The kubelet tries again by itself.
    mend: async () => named(kept, await shlinkImage())(),
  },
  {
    finding: "unschedulable",
    what: "a pod for a node that is not there",
    inject: pod({}, { nodeSelector: { "kubernetes.io/hostname": "no-such-node" } }),
    mend,
  },
  {
    finding: "out-of-memory",
    what: "a container that takes more than its limit",
    inject: pod({ command: ["node", "-e", eatMemory] }),
    mend,
  },
  {
    finding: "containers-not-made",
    what: "a Secret to be mounted that is not there",
    // The kubelet does not wait for a volume that no container mounts.
    inject: pod(
      { volumeMounts: [{ name: "v", mountPath: "/v" }] },
      { volumes: [{ name: "v", secret: { secretName: "no-such-secret" } }] },
    ),
    mend,
  },
  {
    finding: "crash-loop",
    what: "a container that ends at once",
    inject: pod({ command: ["sh", "-c", "exit 7"] }),
    mend,
  },
  {
    finding: "probe-failing",
    what: "a readiness that never comes",
    inject: pod({ readinessProbe: { exec: { command: ["false"] }, periodSeconds: 1 } }),
    mend,
  },
];
