import { createAuthority, issueCertificate, type KeyPair } from "../../local/lib/x509.ts";

/** Makes an authority for one test. */
export const newAuthority = () => createAuthority({ commonName: "test", validityDays: 1 });

/** Makes a certificate for one host name. */
export const newCertificate = (authority: KeyPair, name: string) =>
  issueCertificate(authority, {
    commonName: name,
    validityDays: 1,
    names: [{ type: "dns", value: name }],
  });
