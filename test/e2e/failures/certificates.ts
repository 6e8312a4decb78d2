import { devSettings, entryOf } from "../../../local/stack/entry.ts";
import { configFile } from "../../../local/stack/environment.ts";
import { issueCertificate } from "../../../local/lib/x509.ts";
import { newAuthority } from "../../support/certificates.ts";
import { examined, namedFirst } from "../doctor.ts";
import { all, bringBack, create, edit, type Fault, inNamespace, patch, remove } from "./fault.ts";

const { host } = entryOf(await devSettings());
const secrets = inNamespace("api/v1", "istio-ingress", "secrets");
const gateway = `${inNamespace("apis/networking.istio.io/v1", "shlink", "gateways")}/shlink-gateway`;

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** The data of a Secret with a certificate for the host that is valid for so many days. */
async function pair(validityDays: number) {
  const names = [{ type: "dns", value: host } as const];
  const made = await issueCertificate(await newAuthority(), {
    ...{ commonName: host, names, validityDays },
  });
  return { "tls.crt": base64(made.certificate), "tls.key": base64(made.key) };
}

/** Has the gateway speak TLS as well, with a certificate that was put there by hand. */
const serve = (validityDays: number) =>
  all(
    async () => {
      const data = await pair(validityDays);
      await create(secrets, { metadata: { name: "fault" }, type: "kubernetes.io/tls", data })();
    },
    edit(gateway, ({ spec }: { spec: { servers: object[] } }) => {
      spec.servers.unshift({
        hosts: [host],
        port: { number: 443, name: "https", protocol: "HTTPS" },
        tls: { mode: "SIMPLE", credentialName: "fault" },
      });
    }),
  );

/** Replaces it by hand, after which nothing is left but that the gateway speaks TLS at all. */
async function renew(): Promise<void> {
  await patch(`${secrets}/fault`, { data: await pair(365) })();
  await namedFirst({ finding: "settings-drift" }, 60, () => examined(configFile("dev")));
}

const mend = all(renew, bringBack, remove(`${secrets}/fault`));
const quarterOfAnHourAgo = -1 / 96;

export const certificateFaults: Fault[] = [
  {
    finding: "certificate-expired",
    what: "a certificate of the gateway's that nobody renewed",
    says: /istio-ingress\/fault expired/,
    inject: serve(quarterOfAnHourAgo),
    mend,
  },
  {
    finding: "certificate-expires-soon",
    what: "a certificate of the gateway's that is valid for ten days more",
    says: /istio-ingress\/fault expires in 10 days/,
    inject: serve(10),
    mend,
  },
];
