import { meshMtls } from "../../../policy/rules/mesh-mtls.ts";
import { DESTINATION, PEERS } from "../support/fixtures/mesh.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(meshMtls, { peers: PEERS, destination: DESTINATION })
  .good("an unset mode of a namespace", "peers", {
    "metadata namespace": "shlink",
    "spec mtls": undefined,
  })
  .good("a patch of the mesh's policy", "peers", {
    "@type": "kubernetes:security.istio.io/v1:PeerAuthenticationPatch",
    spec: {},
  })
  .good("another API", "peers", {
    "@type": "kubernetes:example.com/v1:PeerAuthentication",
    "spec mtls mode": "DISABLE",
  })
  .bad(
    "plaintext allowed",
    "peers",
    { "spec mtls mode": "PERMISSIVE" },
    'I06 PeerAuthentication "istio-system/default", spec.mtls.mode: the mode lets plaintext in.',
  )
  .bad(
    "mutual TLS off",
    "peers",
    { "spec mtls mode": "DISABLE" },
    'I06 PeerAuthentication "istio-system/default", spec.mtls.mode: the mode lets plaintext in.',
  )
  .bad(
    "an unset mode of the mesh",
    "peers",
    { "spec mtls mode": "UNSET" },
    'I06 PeerAuthentication "istio-system/default", spec.mtls.mode: an unset mode means PERMISSIVE for the whole mesh.',
  )
  .bad(
    "no mode of the mesh",
    "peers",
    { "spec mtls": undefined },
    'I06 PeerAuthentication "istio-system/default", spec.mtls.mode: an unset mode means PERMISSIVE for the whole mesh.',
  )
  .bad(
    "a port excepted",
    "peers",
    { "spec portLevelMtls 8080 mode": "PERMISSIVE" },
    'I07 PeerAuthentication "istio-system/default", spec.portLevelMtls.8080.mode: a port is excepted from mutual TLS.',
  )
  .unknown("a mode that is an output", "peers", { "spec mtls mode": UNKNOWN }, "spec.mtls.mode")
  .good("no TLS settings", "destination", { "spec trafficPolicy": undefined })
  .good("an external server with a CA", "destination", {
    "spec trafficPolicy tls": { mode: "SIMPLE", caCertificates: "/ca" },
  })
  .good("an external server with a credential", "destination", {
    "spec trafficPolicy tls": { mode: "MUTUAL", credentialName: "a" },
  })
  .bad(
    "plaintext",
    "destination",
    { "spec trafficPolicy tls mode": "DISABLE" },
    'I09 DestinationRule "shlink/web", spec.trafficPolicy.tls.mode: the destination rule sends plaintext.',
  )
  .bad(
    "an empty mode",
    "destination",
    { "spec trafficPolicy tls": {} },
    'I09 DestinationRule "shlink/web", spec.trafficPolicy.tls.mode: the destination rule sends plaintext.',
  )
  .bad(
    "plaintext for a port",
    "destination",
    { "spec trafficPolicy portLevelSettings": [{ tls: { mode: "DISABLE" } }] },
    'I09 DestinationRule "shlink/web", spec.trafficPolicy.portLevelSettings[0].tls.mode: the destination rule sends plaintext.',
  )
  .bad(
    "plaintext for a subset",
    "destination",
    { "spec subsets": [{ trafficPolicy: { tls: { mode: "DISABLE" } } }] },
    'I09 DestinationRule "shlink/web", spec.subsets[0].trafficPolicy.tls.mode: the destination rule sends plaintext.',
  )
  .bad(
    "plaintext for a port of a subset",
    "destination",
    {
      "spec subsets": [{ trafficPolicy: { portLevelSettings: [{ tls: { mode: "DISABLE" } }] } }],
    },
    'I09 DestinationRule "shlink/web", spec.subsets[0].trafficPolicy.portLevelSettings[0].tls.mode: the destination rule sends plaintext.',
  )
  .bad(
    "no CA",
    "destination",
    { "spec trafficPolicy tls mode": "SIMPLE" },
    'I10 DestinationRule "shlink/web", spec.trafficPolicy.tls: the destination rule does not verify the server.',
  )
  .bad(
    "no verification",
    "destination",
    { "spec trafficPolicy tls insecureSkipVerify": true },
    'I10 DestinationRule "shlink/web", spec.trafficPolicy.tls.insecureSkipVerify: the destination rule does not verify the server.',
  );
