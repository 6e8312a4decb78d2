import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  ApiException,
  ApisApi,
  type KubernetesObject,
  KubernetesObjectApi,
} from "@kubernetes/client-node";
import { it } from "mocha";
import { kubernetes } from "./platform.ts";

interface Case {
  title: string;
  object: KubernetesObject;
  /** The kind's own schema refuses it before a policy is asked. */
  bySchema?: true;
}

const file = new URL("./admission-cases.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8")) as { refused: Case[]; accepted: Case[] };

/** Tests for a running platform: what its API server lets in of what the policy pack never saw. Nothing is written. */
export function admissionInTheApiServer(): void {
  const judge = (verdict: string, { title, object }: Case, check: (answer: string) => void) =>
    it(`${verdict} ${title}`, async function () {
      // Not every cluster has the definitions of the Gateway API.
      if (!(await isServed(object))) return this.skip();
      check(await answerTo(object));
    });

  for (const refused of cases.refused)
    judge("refuses", refused, (answer) =>
      assert.match(answer, refused.bySchema === true ? badHosts : refusal),
    );
  for (const accepted of cases.accepted)
    judge("lets in", accepted, (answer) => assert.equal(answer, "created"));
}

const refusal = /^422 .*ValidatingAdmissionPolicy 'shlink-platform-/;
const badHosts = /^422 .* is invalid: .*spec\.[^ ]*hosts/;

async function isServed({ apiVersion = "" }: KubernetesObject): Promise<boolean> {
  const { groups } = await kubernetes().config.makeApiClient(ApisApi).getAPIVersions();
  // The core group is not in the list.
  return apiVersion === "v1" || groups.some(({ name }) => apiVersion.startsWith(`${name}/`));
}

/** What the API server says to an object that is made without being kept. */
async function answerTo(object: KubernetesObject): Promise<string> {
  const { config } = kubernetes();
  try {
    await KubernetesObjectApi.makeApiClient(config).create(object, undefined, "All");
    return "created";
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    return `${error.code} ${JSON.stringify(error.body)}`;
  }
}
