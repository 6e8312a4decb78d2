import { images } from "../../../platform/images.ts";
import { restrictedContainer, restrictedPod } from "../../../platform/pods.ts";
import { create, type Fault, inNamespace, remove } from "./fault.ts";

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

const eatMemory = "const all = []; setInterval(() => all.push(Buffer.alloc(8e6, 1)), 10);";

export const podFaults: Fault[] = [
  {
    finding: "image-pull",
    what: "an image that no registry has",
    inject: pod({ image: "docker.io/library/no-such-image:0" }),
    mend,
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
    inject: pod({}, { volumes: [{ name: "v", secret: { secretName: "no-such-secret" } }] }),
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
