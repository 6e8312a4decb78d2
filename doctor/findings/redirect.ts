import type { Visit } from "../facts.ts";
import { finding } from "../finding.ts";

/** A gateway with a certificate sends visitors of its plain port on to HTTPS. */
const isAnswer = (status: number) => status === 200 || status === 301 || status === 308;

function meaningOf({ status, failure }: Visit): string {
  if (status === undefined) return failure ?? "no answer";
  const meanings: Record<number, string> = {
    403: "the mesh forbids it",
    404: "the gateway has no route for this host and path",
    429: "the rate limit is reached",
    503: "no pod of Shlink answers the gateway, or the database does not answer Shlink",
    504: "Shlink does not answer in time",
  };
  return `${status}${meanings[status] === undefined ? "" : `, ${meanings[status]}`}`;
}

export const redirectFails = finding({
  id: "redirect-fails",
  link: "redirect",
  severity: "broken",
  title: "The gateway does not answer as it should",
  meaning:
    "A request through a pod of the gateway, for a host of the stack, did not get the answer of a healthy Shlink.",
  consequence: "Visitors see the same.",
  fix: "Mend what the links before name. If nothing is found there, the gateway's log names for each request the flag of what failed (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage).",
  look: [
    "kubectl -n istio-ingress logs -l istio=ingressgateway --tail=20",
    "kubectl -n shlink logs -l app=shlink -c istio-proxy --tail=20",
  ],
  needs: ["visits"],
  find: ({ visits }) =>
    visits
      .filter(({ status }) => status === undefined || !isAnswer(status))
      .map((visit) => ({ text: `GET ${visit.path} of ${visit.host}: ${meaningOf(visit)}` })),
});
