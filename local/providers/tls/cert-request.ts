import { createHash } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "../../lib/x509.ts";
import { text, type ResourceType } from "../host/resource.ts";
import { signerOf } from "../../lib/x509.ts";
import { alternativeNames, nameFields, subjectOf } from "./names.ts";

export const certRequest: ResourceType<null> = {
  token: "tls:index/certRequest:CertRequest",
  fields: {
    privateKeyPem: { kind: "string", required: true, replaces: true, secret: true },
    ...nameFields,
    keyAlgorithm: { kind: "string", output: true },
    certRequestPem: { kind: "string", output: true },
  },
  async create(_, planned) {
    const { keys, signingAlgorithm } = signerOf(text(planned, "privateKeyPem"));
    const request = await Pkcs10CertificateRequestGenerator.create({
      keys,
      signingAlgorithm,
      name: subjectOf(planned).toJSON(),
      extensions: alternativeNames(planned),
    });
    const certRequestPem = `${request.toString("pem")}\n`;
    return {
      id: createHash("sha1").update(Buffer.from(request.rawData)).digest("hex"),
      state: { ...planned, keyAlgorithm: "ECDSA", certRequestPem },
    };
  },
  // Nothing outside the state knows the request.
  read: (_, id, state) => Promise.resolve({ id, state }),
  update: (_, { planned }) => Promise.resolve(planned),
  remove: () => Promise.resolve(),
};
