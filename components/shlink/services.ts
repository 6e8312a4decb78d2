import { type OutsideService, web } from "../../platform/services.ts";
import type { ShlinkOptions } from "./options.ts";

/** MaxMind's address of downloads, and that of the store to which it redirects. */
const maxMind = [
  "download.maxmind.com",
  "mm-prod-geoip-databases.a2649acb697e2c09b632799562c076f2.r2.cloudflarestorage.com",
];

/** Whom Shlink calls besides its database and Redis: what the settings name, and nobody else. */
export function outsideServices(options: ShlinkOptions): OutsideService[] {
  const { geolite, matomo, realTimeUpdates } = options;
  const { mercure, rabbitMq } = realTimeUpdates;
  return [
    ...(geolite.mode === "none" ? [] : maxMind.map((host) => web(`https://${host}`, "places"))),
    ...(matomo.mode === "none" ? [] : [web(matomo.url, "visits for Matomo")]),
    ...(mercure.mode === "none"
      ? []
      : [web(mercure.internalUrl ?? mercure.publicUrl, "updates for Mercure")]),
    ...(rabbitMq.mode === "none"
      ? []
      : [
          {
            host: rabbitMq.host,
            port: rabbitMq.port,
            protocol: rabbitMq.tls ? ("TLS" as const) : ("TCP" as const),
            why: "updates for RabbitMQ",
          },
        ]),
  ];
}
