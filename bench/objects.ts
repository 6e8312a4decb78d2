import { KubernetesObjectApi } from "@kubernetes/client-node";
import { type KubeObject, loadKubeconfig } from "../local/lib/kube.ts";

/** What belongs to one object of the API server, and not to a copy of it. */
type Which = Pick<KubeObject, "apiVersion" | "kind"> & {
  metadata: { name: string; namespace: string };
};

/** Objects of a benchmark, which are gone after it. */
export class Objects {
  readonly #api: KubernetesObjectApi;
  readonly #made: KubeObject[] = [];

  constructor(kubeconfig: string) {
    this.#api = loadKubeconfig(kubeconfig).makeApiClient(KubernetesObjectApi);
  }

  /** Reads what an object says, without what the API server added. */
  async spec(which: Which): Promise<Record<string, unknown>> {
    return ((await this.#api.read(which)) as unknown as KubeObject)["spec"] as never;
  }

  /** Makes an object, in place of one of that name that an earlier run left. */
  async make(object: KubeObject): Promise<void> {
    this.#made.push(object);
    await this.remove(object);
    await this.#api.create(object);
  }

  /** Removes all that was made, the last first. */
  async removeAll(): Promise<void> {
    for (let object = this.#made.pop(); object !== undefined; object = this.#made.pop())
      await this.remove(object);
  }

  /** Removes an object, if it is there. */
  async remove(object: KubeObject): Promise<void> {
    const gone = (error: unknown) => {
      if ((error as { code?: number }).code !== 404) throw error;
    };
    await this.#api.delete(object).catch(gone);
  }
}
