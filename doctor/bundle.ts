import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { plainText } from "../effects/api.ts";
import type { Pod, Snapshot } from "./facts.ts";
import type { Examination } from "./finding.ts";
import type { Access } from "./observe/access.ts";
import { containersOf } from "./readings.ts";
import type { Redaction } from "./redaction.ts";
import { toJson, toText } from "./report.ts";

export interface BundleArgs {
  access: Access;
  redaction: Redaction;
  snapshot: Snapshot;
  result: Examination;
  context: string;
}

const logLines = 200;
const folder = "shlink-platform-bundle";

/** Keys of objects under which secrets could stand, and those that say nothing to a reader. */
const dropped = ["managedFields", "annotations", "data", "stringData", "env", "args", "command"];

/**
 * An archive (tar) for who helps from elsewhere: the report, what it was made from, and the ends of the logs. No Secret's
 * data, no environment and no argument is in it, and all texts go through the redaction.
 */
export async function bundle(args: BundleArgs): Promise<Buffer> {
  const { redaction, snapshot, result, context } = args;
  const objects = JSON.stringify(
    snapshot,
    (key, value: unknown) => (dropped.includes(key) ? undefined : value),
    1,
  );
  const files: Record<string, string> = {
    "report.txt": toText(result, context),
    "report.json": toJson(result, context),
    "snapshot.json": objects,
    ...(snapshot.pods.known ? await logs(args.access, snapshot.pods.value) : {}),
  };
  const archive = pack();
  for (const [name, text] of Object.entries(files))
    archive.entry({ name: `${folder}/${name}`, mode: 0o600 }, redaction.apply(text));
  archive.finalize();
  return buffer(archive);
}

/** Collects logs by file name; one that cannot be read is a file that says so. */
async function logs({ ask }: Access, pods: Pod[]): Promise<Record<string, string>> {
  const read = pods.flatMap((pod) =>
    containersOf(pod).map(async ({ name }) => {
      const { namespace = "", name: podName } = pod.metadata;
      const path = `/api/v1/namespaces/${namespace}/pods/${podName}/log?container=${name}&tailLines=${logLines}`;
      const text = await ask(path, { accept: plainText }).then(
        ({ body }) => body.message ?? "",
        (error: Error) => `not read: ${error.message}`,
      );
      return [`logs/${namespace}/${podName}-${name}.log`, text] as const;
    }),
  );
  return Object.fromEntries(await Promise.all(read));
}
