import type * as pulumi from "@pulumi/pulumi";

type Registered = pulumi.ResourceTransformationArgs;

/** A resource's identity: the types from the outermost parent to it, and its name. */
type Urn = string;

const childUrn = (parent: Urn | undefined, type: string, name: string): Urn =>
  `${parent === undefined ? "" : `${typesOf(parent)}$`}${type}::${name}`;
const typesOf = (urn: Urn) => urn.slice(0, urn.lastIndexOf("::"));
const nameOf = (urn: Urn) => urn.slice(urn.lastIndexOf("::") + 2);

/** What an update does to a state that an earlier program left, resource by resource, as the engine resolves aliases. */
export class Upgrade {
  /** Each old URN with the resource that goes on with it. */
  readonly taken = new Map<Urn, Urn>();
  /** What is made anew. */
  readonly created: Urn[] = [];
  readonly #state: Set<Urn>;
  readonly #urns = new Map<pulumi.Resource, Urn>();
  /** The old URN of a resource that has another today. */
  readonly #former = new Map<Urn, Urn>();

  constructor(state: Urn[]) {
    this.#state = new Set(state);
  }

  register({ resource, type, name, opts }: Registered): void {
    const parent = opts.parent && this.#urnOf(opts.parent);
    const urn = childUrn(parent, type, name);
    this.#urns.set(resource, urn);
    const known = [urn, ...this.#aliases(name, type, parent, opts)];
    const old = known.find((one) => this.#state.has(one));
    if (old === undefined) return void this.created.push(urn);
    const other = this.taken.get(old);
    if (other !== undefined) throw new Error(`${old} is taken by ${other} and by ${urn}`);
    this.taken.set(old, urn);
    if (old !== urn) this.#former.set(urn, old);
  }

  /** The engine's `generateAliases`: the resource's own, and each of them below the parent's former URN. */
  #aliases(
    name: string,
    type: string,
    parent: Urn | undefined,
    { aliases = [] }: pulumi.ResourceOptions,
  ): Urn[] {
    const own = (aliases as (Urn | pulumi.Alias)[]).map((alias) =>
      this.#collapse(alias, name, type, parent),
    );
    const formerParent = parent && this.#former.get(parent);
    if (parent === undefined || formerParent === undefined) return own;
    const inherited = [childUrn(parent, type, name), ...own].map((urn) => {
      const ownName = nameOf(urn);
      const renamed = ownName.startsWith(nameOf(parent))
        ? nameOf(formerParent) + ownName.slice(nameOf(parent).length)
        : ownName;
      return childUrn(formerParent, typesOf(urn).split("$").at(-1) ?? "", renamed);
    });
    return [...own, ...inherited];
  }

  #collapse(alias: Urn | pulumi.Alias, name: string, type: string, parent?: Urn): Urn {
    if (typeof alias === "string") return alias;
    const text = (value: unknown, otherwise: string) => (value as string | undefined) ?? otherwise;
    const old = "parent" in alias ? alias.parent && this.#urnOf(alias.parent) : parent;
    const above = old && (this.#former.get(old) ?? old);
    return childUrn(above, text(alias.type, type), text(alias.name, name));
  }

  #urnOf(resource: unknown): Urn {
    const urn = this.#urns.get(resource as pulumi.Resource);
    if (urn === undefined) throw new Error("a parent was not registered before its child");
    return urn;
  }
}
