/** The name of an account in namespace `vault`, as Kubernetes writes it. */
export const accountName = (account: string) => `system:serviceaccount:vault:${account}`;

/** A token of that account in everything but its signature, for Vaults that ask the Kubernetes API about it. */
export function accountToken(name: string): string {
  const claims = {
    iss: "kubernetes/serviceaccount",
    sub: accountName(name),
    aud: ["vault"],
    iat: 1700000000,
    nbf: 1700000000,
    exp: 4102444800,
    "kubernetes.io": { namespace: "vault", serviceaccount: { name, uid: "1" } },
  };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return [part({ alg: "RS256" }), part(claims), part("signature")].join(".");
}
