import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { text, type Fields, type ResourceType } from "../host/resource.ts";
import { hasUnknown, type Props, type Value } from "../host/values.ts";
import { curves } from "../../lib/x509.ts";

const generated = { kind: "string", output: true, secret: true } as const;

const fields: Fields = {
  algorithm: {
    kind: "string",
    required: true,
    replaces: true,
    refuse: (value) =>
      value === "ECDSA" ? undefined : 'the local plugin makes keys of algorithm "ECDSA" only',
  },
  ecdsaCurve: { kind: "string", computed: true, default: "P224", replaces: true },
  rsaBits: { kind: "integer", computed: true, default: 2048, replaces: true },
  privateKeyPem: generated,
  privateKeyPemPkcs8: generated,
  publicKeyPem: { kind: "string", output: true },
};

export const privateKey: ResourceType<null> = {
  token: "tls:index/privateKey:PrivateKey",
  fields,
  refuse: (inputs) =>
    hasUnknown(inputs) || isCurve(inputs["ecdsaCurve"])
      ? undefined
      : `"ecdsaCurve" must be one of ${Object.keys(curves).join(", ")}; the default, P224, is not supported by the local plugin`,
  create(_, planned) {
    const { namedCurve } = curves[text(planned, "ecdsaCurve")] ?? curves["P256"]!;
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
    const id = createHash("sha1").update(publicKey.export({ type: "spki", format: "der" }));
    const state = { ...planned, ...forms(privateKey, publicKey) };
    return Promise.resolve({ id: id.digest("hex"), state });
  },
  // Nothing outside the state knows the key.
  read: (_, id, state) => Promise.resolve({ id, state }),
  update: (_, { planned }) => Promise.resolve(planned),
  remove: () => Promise.resolve(),
};

const isCurve = (value: Value | undefined) => typeof value === "string" && value in curves;

const forms = (key: KeyObject, publicKey: KeyObject): Props => ({
  privateKeyPem: key.export({ type: "sec1", format: "pem" }).toString(),
  privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }).toString(),
  publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
});
