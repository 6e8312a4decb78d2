import { randomBytes } from "node:crypto";
import { kube, ownNamespace } from "./kube.ts";

interface Secret {
  data?: Record<string, string>;
}

/** What the keys are for: to unseal a server, or only to make a new root token where servers unseal themselves. */
export type KeyKind = "unseal" | "recovery";

/** What `sys/init` returned, once, and never again. */
export interface VaultKeys {
  keys: string[];
  /** Present only until the bootstrap has revoked it. */
  rootToken?: string;
}

/** `absent`: no Secret. `reserved`: made before the initialisation, which then never reported back. */
export type StoredKeys =
  { state: "absent" } | { state: "reserved" } | ({ state: "stored" } & VaultKeys);

/** The Kubernetes Secret that keeps Vault's keys. */
export class KeyStore {
  readonly name: string;
  readonly #prefix: string;
  readonly #collection = `/api/v1/namespaces/${ownNamespace()}/secrets`;

  constructor(name: string, kind: KeyKind) {
    this.name = name;
    this.#prefix = `${kind}-key-`;
  }

  async read(): Promise<StoredKeys> {
    const { status, body } = await kube<Secret>("GET", `${this.#collection}/${this.name}`);
    if (status === 404) return { state: "absent" };
    if (status !== 200)
      throw new Error(`Secret ${this.name} cannot be read: the API server answered ${status}`);
    return this.#fromSecret(body);
  }

  /** Proves that the store can be written and read back, before there is a key to lose. */
  async reserve(): Promise<void> {
    const probe = randomBytes(16).toString("base64");
    const { status } = await kube("POST", this.#collection, {
      metadata: { name: this.name, labels: { "app.kubernetes.io/part-of": "shlink-platform" } },
      data: { probe },
    });
    const { body } = await kube<Secret>("GET", `${this.#collection}/${this.name}`);
    if (status === 201 && body.data?.["probe"] === probe) return;
    throw new Error(`Secret ${this.name} cannot be written: the API server answered ${status}`);
  }

  async store({ keys, rootToken }: Required<VaultKeys>): Promise<void> {
    const entries = keys.map((key, index) => [`${this.#prefix}${index}`, encode(key)] as const);
    await this.#patch({
      probe: null,
      ...Object.fromEntries(entries),
      "root-token": encode(rootToken),
    });
  }

  async forgetRootToken(): Promise<void> {
    await this.#patch({ "root-token": null });
  }

  async #patch(data: Record<string, string | null>): Promise<void> {
    const { status } = await kube("PATCH", `${this.#collection}/${this.name}`, { data });
    if (status !== 200)
      throw new Error(`Secret ${this.name} cannot be changed: the API server answered ${status}`);
  }

  #fromSecret({ data = {} }: Secret): StoredKeys {
    const names = Object.keys(data).filter((name) => name.startsWith(this.#prefix));
    if (names.length === 0) return { state: "reserved" };
    const rootToken = data["root-token"];
    return {
      state: "stored",
      keys: names.sort(byNumber).map((name) => decode(data[name] ?? "")),
      ...(rootToken === undefined ? {} : { rootToken: decode(rootToken) }),
    };
  }
}

const byNumber = (left: string, right: string) =>
  left.localeCompare(right, "en", { numeric: true });
const encode = (text: string) => Buffer.from(text).toString("base64");
const decode = (text: string) => Buffer.from(text, "base64").toString("utf8");
