import {
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  type Extension,
} from "../../lib/x509.ts";
import { text, type ResourceType } from "../host/resource.ts";
import { certificateFields, readCertificate, renewWhenDue, sign } from "./certificate.ts";
import { signerOf } from "../../lib/x509.ts";

const pem = { kind: "string", required: true, replaces: true } as const;

export const locallySignedCert: ResourceType<null> = {
  token: "tls:index/locallySignedCert:LocallySignedCert",
  fields: {
    caCertPem: pem,
    caPrivateKeyPem: { ...pem, secret: true },
    certRequestPem: pem,
    ...certificateFields,
    caKeyAlgorithm: { kind: "string", output: true },
  },
  customise: renewWhenDue,
  async create(_, planned) {
    const authority = read("caCertPem", () => new X509Certificate(text(planned, "caCertPem")));
    const request = read(
      "certRequestPem",
      () => new Pkcs10CertificateRequest(text(planned, "certRequestPem")),
    );
    return sign(
      { ...planned, caKeyAlgorithm: "ECDSA" },
      {
        subject: request.subjectName,
        issuer: authority.subjectName,
        publicKey: request.publicKey,
        signer: signerOf(text(planned, "caPrivateKeyPem")),
        issuerKeyId: authority.getExtension(SubjectKeyIdentifierExtension)?.keyId,
        extensions: requestedNames(request),
      },
    );
  },
  read: readCertificate,
  update: (_, { planned }) => Promise.resolve(planned),
  remove: () => Promise.resolve(),
};

/** Of what a request asks for, only the names count: uses are the authority's to give. */
function requestedNames(request: Pkcs10CertificateRequest): Extension[] {
  const names = request.extensions.find((one) => one instanceof SubjectAlternativeNameExtension);
  return names === undefined ? [] : [names];
}

function read<T>(input: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Error(`"${input}" is not valid PEM`);
  }
}
