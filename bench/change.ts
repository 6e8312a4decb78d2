import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inScratch } from "../local/lib/scratch.ts";
import { configFile, kubeconfigFile } from "../local/stack/environment.ts";
import { merge } from "../local/stack/stacks.ts";
import { toolFolder } from "../local/toolchain/index.ts";
import { ownLimit } from "./gateways.ts";
import { measure, type Run } from "./measure.ts";
import { Objects } from "./objects.ts";
import { type Benchmark, compare, type Line, type Sample } from "./pairs.ts";
import { askedSince, isWrite, objectsWritten } from "./requests.ts";
import { upOf } from "./stacks.ts";
import { writeVariant } from "./variant.ts";

const line: Line = {
  name: "one changed setting: pulumi up / kubectl apply of what it touches",
  goals: { objects: 1 },
  note:
    "One changed setting: Pulumi's plugin for Kubernetes writes an object twice in each update, first its `managedFields`, whether " +
    "or not they change; that is why there are two writes of one object, and nothing of ours can stop it. Most requests " +
    "besides are the plugin's discovery and the program's looks into the cluster.",
};

/** The rate of redirects, in turns 200 and 201 a second, which touches one object. */
export const change: Benchmark = {
  needs: "stack",
  lines: [line],
  minutes: { own: 2, base: 0 },
  measure: ({ pairs }) =>
    inScratch(async (folder) => {
      const ours = await stackFiles(folder);
      const objects = new Objects(kubeconfigFile("dev"));
      const theirs = await manifests(folder, objects);
      const kubectl = join(await toolFolder("kubectl", console.log), "kubectl");
      const env = { KUBECONFIG: kubeconfigFile("dev") };
      const apply = (file: string) => ["apply", "--server-side", "--filename", file];
      const subject = inTurns(ours, (file) => counted(upOf("dev", file)));
      const baseline = inTurns(theirs, (file) =>
        counted({ command: kubectl, args: apply(file), cwd: folder, env }),
      );
      try {
        return [await compare({ ...line, pairs, subject, baseline })];
      } finally {
        await measure(upOf("dev", configFile("dev")));
        await objects.remove(await ownLimit(copy, objects));
      }
    }),
};

/** Hands over one of two files after the other, so that every run has something to change. */
function inTurns(files: string[], run: (file: string) => Promise<Sample>) {
  let turn = 0;
  return () => run(files[turn++ % files.length] ?? "");
}

/** Measures a command, and counts what it asked the API server. */
async function counted(command: Parameters<typeof measure>[0]): Promise<Sample> {
  const begun = new Date();
  const run: Run = await measure(command);
  const asked = await askedSince(begun);
  const writes = asked.filter(isWrite).length;
  return { ...run, requests: asked.length, writes, objects: objectsWritten(asked) };
}

const rates = [201, 200];
/** What `kubectl apply` changes: a copy for a gateway that does not exist. */
const copy = "bench-change";

/** Stack files that differ in one setting from the one with which the stack runs, or not at all. */
const stackFiles = (folder: string): Promise<string[]> =>
  Promise.all(
    rates.map((redirects) =>
      writeVariant(join(folder, `Pulumi.${redirects}.yaml`), (settings) =>
        merge(settings, { routing: { rateLimit: { redirects } } }),
      ),
    ),
  );

/** The object that the setting touches, as people would write it who have no program. */
const manifests = (folder: string, objects: Objects): Promise<string[]> =>
  Promise.all(
    rates.map(async (rate) => {
      const file = join(folder, `limit-${rate}.json`);
      await writeFile(file, JSON.stringify(await ownLimit(copy, objects, rate)));
      return file;
    }),
  );
