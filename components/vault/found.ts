import type { StackState } from "../../effects/state.ts";
import { Refusal } from "../../platform/refusal.ts";
import { type AskVault, type MadeOnce, reasonOf } from "./session.ts";
import type { VaultSource } from "./source.ts";

/** A Vault that somebody else runs, and what is ours in it. */
export interface Theirs extends Pick<VaultSource, "store" | "logins"> {
  address: string;
  namespace?: string | undefined;
}

/** Something that Vault has once at its path, and the list in which it tells of it. */
interface Place {
  kind: MadeOnce;
  word: string;
  name: string;
  list: string;
}

/** What Vault tells of it. */
interface Mounted {
  accessor?: string;
  description?: string;
}

/**
 * Tells what is inside of somebody else's Vault although the state does not know it: an `up` was interrupted there. What it
 * makes carries the state's claim, by which it is known again.
 * @throws Refusal when what is there is not this stack's, or this is not the Vault in which the stack's is.
 */
export async function foundThere(
  vault: Theirs,
  state: StackState,
  look: AskVault,
): Promise<MadeOnce[]> {
  const found: MadeOnce[] = [];
  for (const place of placesOf(vault)) {
    const known = state.made?.has(`${place.kind} ${place.name}`) === true;
    // The store alone tells one Vault from another.
    if (known && (place.kind !== "Mount" || isWhereItWas(vault, state))) continue;
    const mounted = await mountedAt(vault, place, look);
    if (known) refuseOther(vault, state, place, mounted);
    else if (mounted !== undefined) {
      refuseForeign(vault, state, place, mounted);
      found.push(place.kind);
    }
  }
  return found;
}

const placesOf = ({ store, logins }: Theirs): Place[] => [
  { kind: "Mount", word: "store", name: store, list: "sys/mounts" },
  ...(logins.existing
    ? []
    : [
        { kind: "AuthBackend", word: "login", name: logins.path, list: "sys/auth" } satisfies Place,
      ]),
];

const isWhereItWas = ({ address, namespace }: Theirs, { vault }: StackState) =>
  vault?.address === address && vault.namespace === namespace;

async function mountedAt(
  vault: Theirs,
  { list, name }: Place,
  look: AskVault,
): Promise<Mounted | undefined> {
  const answer = await look(list, { method: "GET" });
  // Older servers list everything beside `data`, too.
  const { data = {} } = answer.body as { data?: Record<string, Mounted> };
  if (answer.status === 200) return data[`${name}/`];
  throw new Refusal(
    `The deployer cannot read ${list} of ${nameOf(vault)}: ${reasonOf(answer)}; give its role the policy that ` +
      "npm run vault-policy prints (docs/which-parts.md, A Vault that is there).",
  );
}

/** The same Vault may have another name; another one has other secrets, or none. */
function refuseOther(
  vault: Theirs,
  { vault: former }: StackState,
  { name }: Place,
  mounted: Mounted | undefined,
): void {
  if (mounted !== undefined && mounted.accessor === former?.accessors[name]) return;
  throw new Refusal(
    `${nameOf(vault)} (settings vault.address and vault.namespace) has ${mounted === undefined ? "no" : "another"} store ` +
      `${name}: this stack's, with its passwords, is in ${former === undefined ? "another" : nameOf(former)}; write that again ` +
      "(docs/which-parts.md, A Vault that is there).",
  );
}

function refuseForeign(
  vault: Theirs,
  { identity }: StackState,
  { word, name }: Place,
  { description = "" }: Mounted,
): void {
  if (identity !== undefined && description.endsWith(identity)) return;
  throw new Refusal(
    `${nameOf(vault)} has a ${word} ${name} that this state has not made: choose another vault.prefix, or let it be removed ` +
      "(docs/which-parts.md, A Vault that is there).",
  );
}

const nameOf = ({ address, namespace }: { address: string; namespace?: string | undefined }) =>
  `Vault at ${address}${namespace === undefined ? "" : `, namespace ${namespace},`}`;
