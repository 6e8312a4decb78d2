import { meshStrictDefault } from "../../../policy/rules/mesh-strict-default.ts";
import { PEERS } from "../support/fixtures/mesh.ts";
import { release } from "../support/fixtures/releases.ts";
import { StackCases } from "../support/suite.ts";

export const suite = new StackCases(meshStrictDefault, {
  istiod: release("istiod", {}),
  peers: {
    ...PEERS,
    props: {
      metadata: { name: "default", namespace: "istiod-system" },
      spec: { mtls: { mode: "STRICT" } },
    },
  },
})
  .good("a stack without istiod", { istiod: undefined, peers: undefined })
  .bad("no policy", { peers: undefined }, [
    'I08 Helm release "istiod-system/istiod" (chart istiod): no PeerAuthentication demands STRICT for the whole mesh.',
  ])
  .bad("a policy for some pods", { peers: { "spec selector": { matchLabels: { app: "a" } } } }, [
    'I08 Helm release "istiod-system/istiod" (chart istiod): no PeerAuthentication demands STRICT for the whole mesh.',
  ])
  .bad("a policy of another namespace", { peers: { "metadata namespace": "shlink" } }, [
    'I08 Helm release "istiod-system/istiod" (chart istiod): no PeerAuthentication demands STRICT for the whole mesh.',
  ])
  .bad("a policy that allows plaintext", { peers: { "spec mtls mode": "PERMISSIVE" } }, [
    'I08 Helm release "istiod-system/istiod" (chart istiod): no PeerAuthentication demands STRICT for the whole mesh.',
  ]);
