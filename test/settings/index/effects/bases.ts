import { authority } from "../../../support/outside.ts";

/** A small stack, which renders quickly: what others can run, others run. */
export const smallest = {
  cluster: { context: "c", storageClass: "s", apiServer: ["10.96.0.1/32"] },
  database: { storage: "1Gi", backups: { mode: "none" } },
  routing: { hosts: ["s.example.com"], tls: { mode: "secret", credentialName: "t" } },
  observability: { mode: "none" },
  vault: { mode: "none" },
  mesh: { mode: "existing" },
  redis: {
    mode: "outside",
    servers: { mode: "single", host: "r.example.com" },
    networks: ["10.30.0.0/24"],
  },
  admissionPolicies: false,
};

const pem = { mode: "pem", pem: authority };
const s3 = { bucket: "links", endpoint: "s3.example.com", region: "eu" };
const role = "arn:aws:iam::123456789012:role/links";
const issuer = { kind: "ClusterIssuer", name: "letsencrypt" };
const account = "links@links.iam.gserviceaccount.com";
const guid = "11111111-2222-4333-8444-555555555555";
const keys = { credentialsSecret: "keys" };
const login = { mode: "jwt", path: "jwt/github", file: "jwt" };

/** What a mode needs, by the path of its union and its name; absent: nothing. */
export const needs: Record<string, object> = {
  "vault existing": { address: "https://vault.example.com", login },
  "vault.login jwt": { file: "jwt" },
  "vault.login tokenFile": { file: "token" },
  "vault.accounts existing": { path: "kubernetes/prod" },
  "vault.seal awskms": { region: "eu", keyId: "key" },
  "vault.seal gcpckms": {
    project: "p",
    region: "eu",
    keyRing: "r",
    cryptoKey: "k",
    serviceAccount: account,
  },
  "vault.seal azurekeyvault": { tenantId: guid, vaultName: "v", keyName: "k", clientId: guid },
  "vault.seal transit": {
    address: "https://transit.example.com",
    mountPath: "transit",
    keyName: "k",
    secretName: "s",
  },
  "vault.tls secret": { secretName: "vault-tls" },
  "database crunchy": { storage: "1Gi", backups: { mode: "none" } },
  "database outside": {
    host: "db.example.com",
    networks: ["10.20.0.0/24"],
    tls: { mode: "verified", authority: pem },
    admin: { secretName: "db-admin" },
  },
  "database.tls verified": { authority: pem },
  "database.tls.authority pem": pem,
  "database.tls.authority configMap": { name: "db-ca" },
  "database.tls.authority secret": { name: "db-ca" },
  "database.backups volume": { storage: "2Gi" },
  "database.backups s3": { ...s3, ...keys },
  "database.backups gcs": { bucket: "links", ...keys },
  "database.backups azure": { container: "links", ...keys },
  "database.backups.authority pem": pem,
  "database.backups.authority configMap": { name: "store-ca" },
  "database.backups.authority secret": { name: "store-ca" },
  "database.backups.identity role": { arn: role },
  "database.backups.identity workloadIdentity": { serviceAccount: account },
  "database.backups.identity managedIdentity": { account: "links" },
  "database.restore inPlace": { id: "first" },
  "redis outside": {
    servers: { mode: "single", host: "redis.example.com" },
    networks: ["10.30.0.0/24"],
  },
  "redis.servers single": { host: "redis.example.com" },
  "redis.servers sentinel": { sentinels: [{ host: "s1.example.com" }], tls: false },
  "redis.servers cluster": { nodes: [{ host: "r1.example.com" }, { host: "r2.example.com" }] },
  "shlink.autoscaling cpu": { maximum: 4 },
  "shlink.matomo server": { url: "https://matomo.example.com", siteId: 1 },
  "shlink.realTimeUpdates.mercure hub": { publicUrl: "https://hub.example.com" },
  "shlink.realTimeUpdates.rabbitMq broker": { host: "mq.example.com", port: 5671, user: "links" },
  "routing.tls secret": { credentialName: "t" },
  "routing.tls edge": { proxies: ["10.40.0.0/24"] },
  "routing.tls certManager": { issuer },
  "webClient page": { host: "admin.example.com" },
  "webClient.login jwt": {
    issuer: "https://login.example.com",
    audiences: ["links"],
    keysUrl: "https://login.example.com/keys",
  },
  "mesh.gateway.service NodePort": { httpNodePort: 30080 },
  "observability.addons.prometheus address": { address: "http://prometheus.watch.svc:9090" },
  "observability.addons.prometheus chart": { storage: "1Gi", retention: "1d" },
  "observability.addons.grafana address": { address: "http://grafana.watch.svc:80" },
  "observability.addons.jaeger address": { address: "http://jaeger.watch.svc:16686" },
  "observability.addons.jaeger chart": { storage: "1Gi", retentionHours: 24 },
  "observability.addons.kiali address": { address: "http://kiali.watch.svc:20001" },
};
