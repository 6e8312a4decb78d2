import { SubjectKeyIdentifierExtension } from "../../lib/x509.ts";
import { flag, text, type ResourceType } from "../host/resource.ts";
import { certificateFields, readCertificate, renewWhenDue, sign } from "./certificate.ts";
import { signerOf } from "../../lib/x509.ts";
import { alternativeNames, nameFields, subjectOf } from "./names.ts";

export const selfSignedCert: ResourceType<null> = {
  token: "tls:index/selfSignedCert:SelfSignedCert",
  fields: {
    privateKeyPem: { kind: "string", required: true, replaces: true, secret: true },
    ...nameFields,
    ...certificateFields,
    setAuthorityKeyId: { kind: "boolean", computed: true, default: false, replaces: true },
    keyAlgorithm: { kind: "string", output: true },
  },
  refuse: (inputs) =>
    inputs["isCaCertificate"] === true && inputs["subject"] === undefined
      ? '"subject" must name an authority: its certificate is known by that name'
      : undefined,
  customise: renewWhenDue,
  async create(_, planned) {
    const signer = signerOf(text(planned, "privateKeyPem"));
    const { publicKey } = signer;
    const subject = subjectOf(planned);
    const issuerKeyId = flag(planned, "setAuthorityKeyId")
      ? (await SubjectKeyIdentifierExtension.create(publicKey)).keyId
      : undefined;
    return sign(
      { ...planned, keyAlgorithm: "ECDSA" },
      {
        subject,
        issuer: subject,
        publicKey,
        signer,
        issuerKeyId,
        extensions: alternativeNames(planned),
      },
    );
  },
  read: readCertificate,
  update: (_, { planned }) => Promise.resolve(planned),
  remove: () => Promise.resolve(),
};
