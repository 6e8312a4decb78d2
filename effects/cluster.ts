import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { openApi } from "./api.ts";
import { begin } from "./begin.ts";
import { type HttpAnswer, type HttpRequest, send } from "./http.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import type { NamespaceName } from "../platform/namespaces.ts";
import { awaitRestore, restoreSource, type AwaitedRestore } from "./restore.ts";
import { runtimeFile } from "./runtime.ts";
import { ownState, type StackState } from "./state.ts";
import { openTunnel, type Tunnel } from "./tunnel.ts";
import { type ClusterIdentity, type Demands, type Verified, verify } from "./verify.ts";
import { Refusal } from "../platform/refusal.ts";
import { changeVolumes } from "./volumes.ts";

/** All that the program does itself, outside of the providers. Tests and `make plan` hand in their own. */
export interface Cluster {
  /**
   * Refuses to go on unless the kubeconfig's current context is the named one, its API server answers, every
   * namespace of ours that exists is this stack's, and the cluster has what the stack demands. Tells the cluster's
   * identity.
   */
  verify(demands: Demands): Promise<ClusterIdentity>;
  /**
   * After `verify`, and not in a preview: claims the cluster for the state that knows itself by `identity`, and takes over
   * what an interrupted `up` left.
   */
  begin(demands: Demands, identity: pulumi.Output<string>): Promise<void>;
  /** After `begin`, and not in a preview: lets the volumes of Vault's servers become what the settings say, see volumes.ts. */
  changeVolumes(): Promise<void>;
  /**
   * Those of the resources, by their types' last words and their places, that the state does not know although the
   * namespace was the stack's before: they may be there. None in a preview.
   */
  unrecorded(namespace: NamespaceName, resources: string[]): Promise<string[]>;
  /** What the stack's own state says, after `verify`. */
  state(): Promise<StackState>;
  /** Forwards a loopback port to a pod for as long as the program runs. */
  tunnel(tunnel: Tunnel): Promise<void>;
  /** Waits until PGO has done a restore; refuses one that failed or can never end. */
  restored(restore: AwaitedRestore): Promise<void>;
  /** A token of a service account for one audience, valid for ten minutes. */
  accountToken(namespace: string, account: string, audience: string): Promise<string>;
  /** The decoded data of a Secret. */
  secret(namespace: string, name: string): Promise<Record<string, string>>;
  /** Asks through a tunnel. A server that cannot be reached answers with status 0 and the reason. */
  send(
    url: string,
    request: HttpRequest,
    tls: { ca?: string; servername: string },
  ): Promise<HttpAnswer>;
  /** The text of a file that a setting names, without the white space around it. */
  read(file: string, setting: string): string;
  /** Writes a file for a provider to read, see runtime.ts. */
  file(name: string, content: string): string;
}

/** The cluster that the kubeconfig (`KUBECONFIG`, or ~/.kube/config) points to. */
export function kubernetes(readState = ownState): Cluster {
  let verified: Promise<Verified> | undefined;
  return {
    verify: async (demands) => {
      verified = verify(demands, readState);
      const { clusterIdentifier } = await verified;
      return { clusterIdentifier };
    },
    begin: async (demands, identity) => {
      if (pulumi.runtime.isDryRun() || verified === undefined) return;
      await begin(demands, await verified, await known(identity));
    },
    changeVolumes: async () => {
      if (pulumi.runtime.isDryRun() || verified === undefined) return;
      const { ask, held, holdings } = await verified;
      await changeVolumes(ask, held, holdings, (line) => void pulumi.log.info(`${line}.`));
    },
    unrecorded: async (namespace, resources) => {
      if (pulumi.runtime.isDryRun() || verified === undefined) return [];
      const { owned, state } = await verified;
      const made = state.made ?? new Set();
      return owned.includes(namespace) ? resources.filter((one) => !made.has(one)) : [];
    },
    state: async () => (await verified)?.state ?? { namespaces: {} },
    tunnel: async (tunnel) => openTunnel(await readKubeconfig(), tunnel),
    restored: async (restore) =>
      awaitRestore(restoreSource(await openApi(await readKubeconfig()), restore), restore),
    accountToken,
    secret,
    send,
    read: readText,
    file: runtimeFile,
  };
}

function readText(file: string, setting: string): string {
  const path = file.replace(/^~(?=\/)/, homedir());
  try {
    const text = readFileSync(path, "utf8").trim();
    if (text !== "") return text;
  } catch {
    throw new Refusal(`There is no file ${file} that can be read (setting ${setting}).`);
  }
  throw new Refusal(`File ${file} is empty (setting ${setting}).`);
}

/** The value of an output, which is there in every run but a preview. */
const known = (output: pulumi.Output<string>): Promise<string> =>
  new Promise((resolve) => void output.apply(resolve));

async function accountToken(namespace: string, name: string, audience: string): Promise<string> {
  const { status = {} } = await answerOf<{ status?: { token?: string } }>(
    `The account ${namespace}/${name} gets no token`,
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { audiences: [audience], expirationSeconds: 600 },
    },
  );
  return status.token ?? "";
}

async function secret(namespace: string, name: string): Promise<Record<string, string>> {
  const { data = {} } = await answerOf<{ data?: Record<string, string> }>(
    `Secret ${namespace}/${name} cannot be read`,
    `/api/v1/namespaces/${namespace}/secrets/${name}`,
  );
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(value, "base64").toString("utf8"),
    ]),
  );
}

/** Asks the API server, and says in one sentence what it refuses. */
async function answerOf<T>(failure: string, path: string, body?: unknown): Promise<T> {
  const ask = await openApi(await readKubeconfig());
  const answer = await ask<T>(path, body === undefined ? {} : { method: "POST", body });
  if (answer.status === 200 || answer.status === 201) return answer.body;
  throw new Refusal(`${failure}: ${answer.body.message} (HTTP ${answer.status}).`);
}
