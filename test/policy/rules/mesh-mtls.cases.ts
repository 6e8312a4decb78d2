import { meshMtls } from "../../../policy/rules/mesh-mtls.ts";
import { DESTINATION, PEERS } from "../support/fixtures/mesh.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(meshMtls, { peers: PEERS, destination: DESTINATION })
  .good("peers", {
    "an unset mode of a namespace": { "metadata namespace": "shlink", "spec mtls": undefined },
    "a patch of the mesh's policy": {
      "@type": "kubernetes:security.istio.io/v1:PeerAuthenticationPatch",
      spec: {},
    },
    "another API": {
      "@type": "kubernetes:example.com/v1:PeerAuthentication",
      "spec mtls mode": "DISABLE",
    },
  })
  .bad(
    "peers",
    'I06 PeerAuthentication "istio-system/default", spec.mtls.mode: the mode lets plaintext in.',
    {
      "plaintext allowed": { "spec mtls mode": "PERMISSIVE" },
      "mutual TLS off": { "spec mtls mode": "DISABLE" },
    },
  )
  .bad(
    "peers",
    'I06 PeerAuthentication "istio-system/default", spec.mtls.mode: an unset mode means PERMISSIVE for the whole mesh.',
    {
      "an unset mode of the mesh": { "spec mtls mode": "UNSET" },
      "no mode of the mesh": { "spec mtls": undefined },
    },
  )
  .bad(
    "peers",
    'I07 PeerAuthentication "istio-system/default", spec.portLevelMtls.8080.mode: a port is excepted from mutual TLS.',
    { "a port excepted": { "spec portLevelMtls 8080 mode": "PERMISSIVE" } },
  )
  .unknown("peers", "spec.mtls.mode", { "a mode that is an output": { "spec mtls mode": UNKNOWN } })
  .good("destination", {
    "no TLS settings": { "spec trafficPolicy": undefined },
    "an external server with a CA": {
      "spec trafficPolicy tls": { mode: "SIMPLE", caCertificates: "/ca" },
    },
    "an external server with a credential": {
      "spec trafficPolicy tls": { mode: "MUTUAL", credentialName: "a" },
    },
  })
  .bad(
    "destination",
    'I09 DestinationRule "shlink/web", spec.trafficPolicy.tls.mode: the destination rule sends plaintext.',
    {
      plaintext: { "spec trafficPolicy tls mode": "DISABLE" },
      "an empty mode": { "spec trafficPolicy tls": {} },
    },
  )
  .bad(
    "destination",
    'I09 DestinationRule "shlink/web", spec.trafficPolicy.portLevelSettings[0].tls.mode: the destination rule sends plaintext.',
    {
      "plaintext for a port": {
        "spec trafficPolicy portLevelSettings": [{ tls: { mode: "DISABLE" } }],
      },
    },
  )
  .bad(
    "destination",
    'I09 DestinationRule "shlink/web", spec.subsets[0].trafficPolicy.tls.mode: the destination rule sends plaintext.',
    {
      "plaintext for a subset": {
        "spec subsets": [{ trafficPolicy: { tls: { mode: "DISABLE" } } }],
      },
    },
  )
  .bad(
    "destination",
    'I09 DestinationRule "shlink/web", spec.subsets[0].trafficPolicy.portLevelSettings[0].tls.mode: the destination rule sends plaintext.',
    {
      "plaintext for a port of a subset": {
        "spec subsets": [{ trafficPolicy: { portLevelSettings: [{ tls: { mode: "DISABLE" } }] } }],
      },
    },
  )
  .bad(
    "destination",
    'I10 DestinationRule "shlink/web", spec.trafficPolicy.tls: the destination rule does not verify the server.',
    { "no CA": { "spec trafficPolicy tls mode": "SIMPLE" } },
  )
  .bad(
    "destination",
    'I10 DestinationRule "shlink/web", spec.trafficPolicy.tls.insecureSkipVerify: the destination rule does not verify the server.',
    { "no verification": { "spec trafficPolicy tls insecureSkipVerify": true } },
  );
