import {
  type ChartName,
  charts as pins,
  janitorRelease,
  mirroredFiles,
  usedCharts,
} from "../platform/charts.ts";
import { namespaceNames } from "../platform/namespaces.ts";
import type { Surroundings } from "../platform/surroundings.ts";
import { addonsNamespace } from "../components/observability/addons/settings.ts";
import { installed } from "../components/observability/arguments.ts";
import type { Settings } from "../settings/index.ts";
import { apisOf } from "./apis.ts";
import { heldBy } from "./held.ts";
import { issuerObjects, podObjects } from "./objects.ts";
import {
  absentNamespaces,
  absentParts,
  demandedMesh,
  demandedParts,
  existingParts,
  needlessParts,
} from "./parts.ts";

interface Known {
  surroundings: Surroundings;
  snapshots: { storageClass: string } | undefined;
}

/** What has to be there, and what must not be somebody else's, before anything is made. */
export function demandsOf(settings: Settings, { surroundings, snapshots }: Known) {
  const { cluster, charts, mesh, observability, redis } = settings;
  const addons = installed(observability);
  const redisOperator = redis.mode === "outside" ? undefined : redis.operator;
  const choice = { cni: mesh.cni, redisOperator, addons, absent: absentParts(settings) };
  const used: ChartName[] = usedCharts(choice);
  const namespaces = [
    ...namespaceNames(mesh.cni, absentNamespaces(settings)),
    ...(addons.length === 0 ? [] : [addonsNamespace]),
  ];
  return {
    context: cluster.context,
    namespaces,
    releases: [...used.map((chart) => pins[chart].release), janitorRelease],
    chartFiles: mirroredFiles(charts, used),
    storageClasses: [cluster.storageClass, snapshots?.storageClass].filter(
      (name) => name !== undefined,
    ),
    apis: apisOf(settings),
    existing: demandedParts(settings),
    taken: existingParts(settings),
    needless: needlessParts(settings),
    mesh: demandedMesh(settings),
    objects: [...podObjects(settings.pods, namespaces), ...issuerObjects(settings.routing.tls)],
    nodeAgent: agentOf(mesh),
    surroundings,
    held: heldBy(settings),
    apiKeys: settings.shlink.apiKeys !== undefined,
  };
}

/** Absent: init containers redirect the traffic of pods. */
function agentOf(mesh: Settings["mesh"]) {
  if (mesh.mode === "existing" || !mesh.cni) return undefined;
  const { platform, cniBinDir, cniConfDir } = mesh;
  return { platform, ownFolders: cniBinDir !== undefined && cniConfDir !== undefined };
}
