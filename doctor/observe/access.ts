import type { KubeConfig } from "@kubernetes/client-node";
import { type Ask, openApi } from "../../effects/api.ts";
import { execute, type Target } from "../../effects/exec.ts";
import { reasonOf } from "../../effects/reason.ts";
import type { Seen } from "../facts.ts";

/** The way to a cluster: questions to its API server, and to programs inside its containers. */
export interface Access {
  address: string;
  ask: Ask;
  /** Absent: nothing is to be run in any container. */
  execute?: (target: Target, command: string[]) => Promise<string>;
}

/** A slow API server answers in two; what takes longer than this is away. */
const answerSeconds = 6;

export async function openAccess(config: KubeConfig, mayExecute: boolean): Promise<Access> {
  const inside = (target: Target, command: string[]) =>
    execute(config, target, command, { seconds: answerSeconds });
  return {
    address: config.getCurrentCluster()?.server ?? "(no server)",
    ask: await openApi(config, answerSeconds),
    ...(mayExecute ? { execute: inside } : {}),
  };
}

export const seen = <T>(value: T): Seen<T> => ({ known: true, value });
export const unseen = (why: string): Seen<never> => ({ known: false, why });

/** What a status of the API server means for who asked. */
export const refusal = (what: string, status: number) =>
  status === 401 || status === 403
    ? `the kubeconfig's account may not ${what}`
    : `the API server answered ${status} to: ${what}`;

/** A fact, or why it could not be found out. */
export async function attempt<T>(look: () => Promise<Seen<T>>): Promise<Seen<T>> {
  try {
    return await look();
  } catch (error) {
    return unseen(reasonOf(error));
  }
}
