import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { LocalError } from "../local/lib/failure.ts";
import type { KubeObject } from "../local/lib/kube.ts";
import { repository } from "../local/lib/paths.ts";
import { type RunOptions, tryRun } from "../local/lib/run.ts";
import { toolFolder } from "../local/toolchain/index.ts";
import type { Resource } from "./flat/state.ts";
import { definition, patience, plainInputs, waitsOf } from "./stages.ts";

/** What a release is installed with. */
interface Release {
  name: string;
  namespace: string;
  chart: string;
  values?: object;
}

interface Grant {
  database: string;
  role: string;
  schema: string;
  privileges: string[];
}

export const isRelease = ({ type }: Resource) => type.endsWith(":Release");
const isPatch = ({ type }: Resource) => type.endsWith("Patch");
const isGrant = ({ type }: Resource) => type.endsWith(":Grant");

export const releasesOf = (resources: Resource[]) =>
  resources.filter(isRelease).map((resource) => plainInputs(resource) as unknown as Release);

/** Makes with kubectl and helm what a program made elsewhere. Whatever is secret goes by the standard input. */
export class ByHand {
  readonly #folder: string;
  readonly #env: { KUBECONFIG: string };

  private constructor(folder: string, kubeconfig: string) {
    this.#folder = folder;
    this.#env = { KUBECONFIG: kubeconfig };
  }

  static async start(kubeconfig: string): Promise<ByHand> {
    return new ByHand(await toolFolder("kubectl", console.log), kubeconfig);
  }

  /** Makes what can be made at one time, and waits until it is ready as the program would. */
  async make(stage: Resource[]): Promise<void> {
    const own = stage.filter((one) => one.type.startsWith("kubernetes:") && !isRelease(one));
    const [patches, objects] = [own.filter(isPatch), own.filter((one) => !isPatch(one))];
    const made = await this.#applyOwn(objects);
    await this.#applyOwn(patches, ["--field-manager", "patch"]);
    // The charts' namespaces may be among those objects.
    const charts = releasesOf(stage).map((release) => this.#applyRelease(release));
    const all = [...made, ...(await Promise.all(charts)).flat()];
    for (const grant of stage.filter(isGrant)) await this.#grant(plainInputs(grant));
    await Promise.all(all.flatMap(waitsOf).map((args) => this.#wait(args)));
  }

  /** Installs a chart, and waits for what it brings. */
  async install(release: Release): Promise<void> {
    await this.#helm("install", release, ["--wait", "--timeout", "10m"]);
  }

  /** Makes the program's own objects, or adds to some of them by another name: kubectl would else take back what is missing. */
  async #applyOwn(some: Resource[], manager: string[] = []): Promise<KubeObject[]> {
    const plain = some.map((one) => plainInputs(one) as unknown as KubeObject);
    const objects = await Promise.all(plain.map((object) => this.#ofThisCluster(object)));
    await this.#apply(objects, manager);
    return objects;
  }

  /** Makes what a chart is rendered to, but for its hooks. */
  async #applyRelease(release: Release): Promise<KubeObject[]> {
    const { namespace } = release;
    const objects = await this.#template(release);
    const definitions = objects.filter(({ kind }) => kind === definition);
    await this.#apply(definitions);
    for (const args of definitions.flatMap(waitsOf)) await this.#wait(args);
    const others = objects.filter(({ kind }) => kind !== definition);
    // The namespace is for objects without one of their own.
    await this.#apply(others, ["--namespace", namespace]);
    return others.map((object) => ({ ...object, metadata: { namespace, ...object.metadata } }));
  }

  async #template(release: Release): Promise<KubeObject[]> {
    const text = await this.#helm("template", release, ["--include-crds", "--no-hooks"]);
    return parseAllDocuments(text)
      .map((document) => document.toJS() as KubeObject | null)
      .filter((object) => object !== null);
  }

  #helm(verb: "install" | "template", release: Release, options: string[]): Promise<string> {
    const { name, namespace, chart, values = {} } = release;
    const place = [name, chart, "--namespace", namespace, "--values", "-"];
    return this.#run("helm", [verb, ...place, ...options], { input: JSON.stringify(values) });
  }

  async #apply(items: KubeObject[], options: string[] = []): Promise<void> {
    if (items.length === 0) return;
    const args = ["apply", "--server-side", "--force-conflicts", ...options, "--filename", "-"];
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    await this.#run("kubectl", args, { input });
  }

  /** The database's authority is another in each cluster: its operator makes it. */
  async #ofThisCluster(object: KubeObject): Promise<KubeObject> {
    const { data } = object as { data?: Record<string, string> };
    if (object.kind !== "ConfigMap" || data?.["ca.crt"] === undefined) return object;
    const which = ["get", "secret", "shlink-db-cluster-cert", "--namespace", "postgres"];
    const found = await this.#run("kubectl", [...which, "--output", "jsonpath={.data.ca\\.crt}"]);
    return { ...object, data: { ...data, "ca.crt": Buffer.from(found, "base64").toString() } };
  }

  async #grant(inputs: Record<string, unknown>): Promise<void> {
    const { database, role, schema, privileges } = inputs as unknown as Grant;
    const primary = "postgres-operator.crunchydata.com/role=master";
    const which = ["get", "pod", "--namespace", "postgres", "--selector", primary];
    const pod = await this.#run("kubectl", [...which, "--output", "name"]);
    const inside = ["exec", "--namespace", "postgres", pod.trim(), "--container", "database", "--"];
    const sql = `GRANT ${privileges.join(", ")} ON SCHEMA ${schema} TO ${role}`;
    await this.#run("kubectl", [...inside, "psql", "--no-psqlrc", "-d", database, "-c", sql]);
  }

  /** A field that an operator has not written yet is an error to kubectl. */
  async #wait(args: string[]): Promise<void> {
    let said = "";
    for (const begun = Date.now(); Date.now() - begun < patience * 1000; await sleep(500)) {
      const { code, output } = await tryRun(join(this.#folder, "kubectl"), args, {
        env: this.#env,
      });
      if (code === 0) return;
      said = output;
    }
    throw new LocalError(`kubectl ${args.join(" ")} does not succeed:\n${said}`);
  }

  async #run(name: "kubectl" | "helm", args: string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, output } = await tryRun(join(this.#folder, name), args, {
      cwd: repository,
      env: this.#env,
      ...options,
    });
    if (code !== 0) throw new LocalError(`${name} ${args.join(" ")} does not succeed:\n${output}`);
    return stdout;
  }
}
