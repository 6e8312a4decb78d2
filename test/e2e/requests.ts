import assert from "node:assert/strict";
import { it } from "mocha";
import { countsOf, stateSize } from "../../bench/counts.ts";
import { type Asked, askedSince, isWrite, objectOf } from "../../bench/requests.ts";
import { previewOf, resourcesOf } from "../../bench/stacks.ts";
import type { Pulumi } from "../../local/stack/pulumi.ts";

const isPlugins = ({ userAgent = "" }: Asked) => userAgent.startsWith("pulumi-kubernetes");

/** A tunnel that loses its connection looks for its pod again: how often is not the program's doing. */
const tunnels = ["endpointslices", "pods", "secrets", "services"];

/** How often each kind of thing was asked for. */
function counted(asked: Asked[]): Record<string, number> {
  const count: Record<string, number> = {};
  for (const { verb, objectRef, requestURI } of asked) {
    if (["get", "list"].includes(verb) && tunnels.includes(objectRef?.resource ?? "")) continue;
    const what = `${verb} ${objectRef?.resource ?? requestURI.split("?")[0]}`;
    count[what] = (count[what] ?? 0) + 1;
  }
  return count;
}

/** As many as were loaded when this was written: whoever needs more says so here. */
const mostModules = 1196;

/**
 * In KiB: 755.6 when this was written. What the API server answers, such as times and names that it makes up, is a little longer
 * or shorter each time.
 */
const mostState = 765;

/** Tests for running stack dev: what a preview without a change asks the API server. */
export function asksLittle(pulumi: () => Pulumi): void {
  it("asks for no unchanged object in a preview, writes nothing, and looks into the cluster as often as ever", async () => {
    const begun = new Date();
    assert.ok(await pulumi().show("preview", "--expect-no-changes", "--suppress-outputs"));
    const asked = await askedSince(begun);
    const discovery = ["/api", "/apis", "/openapi/v2", "/version"];
    const plugins = asked.filter(isPlugins).map(({ requestURI }) => requestURI.split("?")[0]);
    assert.deepEqual(plugins.sort(), discovery);
    assert.deepEqual(counted(asked.filter((one) => !isPlugins(one))), {
      "create selfsubjectaccessreviews": 7,
      "create serviceaccounts": 1,
      "get /apis/admissionregistration.k8s.io/v1beta1": 1,
      "get /version": 1,
      "get configmaps": 1,
      "get postgresclusters": 1,
      "get statefulsets": 1,
      "list customresourcedefinitions": 1,
      "list mutatingwebhookconfigurations": 1,
      "list namespaces": 1,
      "list persistentvolumeclaims": 2,
      "list storageclasses": 1,
      "list validatingwebhookconfigurations": 1,
    });
  });

  it("calls for each resource as often as it must, and loads no more modules than ever", async () => {
    const { calls, modules } = await countsOf(previewOf("dev", "--expect-no-changes"));
    // The engine registers one for itself, by which the program reads the state.
    const all = (await resourcesOf("dev")).filter(({ type }) => type !== "pulumi:providers:pulumi");
    const own = all.filter(({ custom }) => custom);
    const providers = own.filter(({ type }) => type.startsWith("pulumi:providers:")).length;
    const [registered, compared] = [all.length, own.length - providers];
    assert.deepEqual(calls, {
      Invoke: 1,
      RegisterResource: registered,
      // Components alone have outputs of their own, and the stack has.
      RegisterResourceOutputs: registered - own.length,
      // One process for each provider.
      Handshake: providers,
      GetPluginInfo: providers,
      CheckConfig: providers,
      DiffConfig: providers,
      Configure: providers,
      Check: compared,
      Diff: compared,
    });
    assert.ok(modules <= mostModules, String(modules));
  });
}

/** Tests for stack dev on a fresh cluster, right after its first `up`: what that wrote. */
export function writesOnce(): void {
  it("makes every object by one request in its first up, and updates none", async () => {
    const times: Record<string, number> = {};
    for (const asked of (await askedSince(new Date(0))).filter(isPlugins)) {
      if (!isWrite(asked) || (asked.responseStatus?.code ?? 500) >= 300) continue;
      const object = objectOf(asked);
      times[object] = (times[object] ?? 0) + 1;
    }
    const releases = Object.keys(times).filter((object) => object.includes("/sh.helm.release."));
    assert.equal(releases.length, 8);
    // Helm writes that it begins, and that it has ended.
    for (const release of releases) assert.equal(times[release], 2, release);
    const others = Object.entries(times).filter(([object]) => !releases.includes(object));
    assert.deepEqual(
      others.filter(([, number]) => number !== 1),
      [],
    );
    assert.equal(others.length, 201);
  });

  it("keeps no more of it than ever", async () => {
    const kibibytes = await stateSize(previewOf("dev"));
    assert.ok(kibibytes <= mostState, String(kibibytes));
  });
}
