import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { clusterFolder } from "../local/lib/paths.ts";

/** What the API server's audit log says of one request. */
export interface Asked {
  verb: string;
  requestURI: string;
  user: { username: string };
  userAgent?: string;
  /** Absent: the request is for no object, such as those of discovery. */
  objectRef?: { resource: string; subresource?: string; namespace?: string; name?: string };
  responseStatus?: { code: number };
  requestReceivedTimestamp: string;
}

/** The user of the kubeconfig with which stack dev is deployed, and only that. */
const deployer = "kubernetes-admin";

/** Reads what the deployer has asked the API server since then. */
export async function askedSince(begun: Date): Promise<Asked[]> {
  const log = await readFile(join(clusterFolder(), "logs/audit.log"), "utf8");
  return askedIn(log, begun);
}

export function askedIn(log: string, begun: Date): Asked[] {
  return log
    .split("\n")
    .filter((line) => line.includes(`"${deployer}"`))
    .map((line) => JSON.parse(line) as Asked)
    .filter(
      ({ user, requestReceivedTimestamp: at }) =>
        user.username === deployer && new Date(at) >= begun,
    );
}

const reads = ["get", "list", "watch"];
/** The API server answers these, and keeps nothing of them. */
const questions = /reviews$/;

/** Says whether a request changes an object of the cluster. */
export const isWrite = ({ verb, objectRef, requestURI }: Asked): boolean =>
  !reads.includes(verb) &&
  objectRef !== undefined &&
  objectRef.subresource === undefined &&
  !questions.test(objectRef.resource) &&
  !requestURI.includes("dryRun=");

/** Counts the objects that requests changed, however often each. */
export const objectsWritten = (asked: Asked[]): number =>
  new Set(asked.filter(isWrite).map(objectOf)).size;

/** Names the object of a request. */
export const objectOf = ({
  objectRef: { resource, namespace = "", name = "" } = noObject,
}: Asked) => `${resource} ${namespace}/${name}`;
const noObject: NonNullable<Asked["objectRef"]> = { resource: "" };
