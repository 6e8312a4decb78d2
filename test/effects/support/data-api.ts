import { stackSettings } from "../../../plan/render.ts";
import { parseSettings } from "../../../settings/index.ts";
import { stackOf } from "../../../stack/index.ts";
import { MemoryApi } from "../../support/memory-api.ts";

export const claims = (namespace: string) =>
  `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
export const set = "/apis/apps/v1/namespaces/vault/statefulsets/vault";
export const database =
  "/apis/postgres-operator.crunchydata.com/v1beta1/namespaces/postgres/postgresclusters/shlink-db";

/** Stack prod: three servers of Vault with two volumes each, backups on a volume, snapshots. */
export const { held } = stackOf(parseSettings("Pulumi.prod.yaml", stackSettings("prod"))).demands;
export const keys = "/api/v1/namespaces/vault/secrets/vault-unseal-keys";
const config = "/api/v1/namespaces/vault/configmaps/vault-config";
export const { storageClass } = (stackSettings("prod") as { cluster: { storageClass: string } })
  .cluster;
export const sizes = Object.fromEntries(held.volumes.map(({ setting, size }) => [setting, size]));

export const spec = (storage = "", storageClassName = storageClass) => ({
  spec: { storageClassName, resources: { requests: { storage } } },
});

export const postgres = (
  postgresVersion: number,
  repository: object = { volume: {} },
  agreed?: string,
) => ({
  metadata: {
    annotations: { "postgres-operator.crunchydata.com/authorizeBackupRemoval": agreed ?? "" },
  },
  spec: { postgresVersion, backups: { pgbackrest: { repos: [repository] } } },
});

/** An API server with what holds data. */
export class DataApi extends MemoryApi {
  /** As stack prod has it. */
  static asProd(): DataApi {
    const api = new DataApi();
    api.put(`/apis/storage.k8s.io/v1/storageclasses/${storageClass}`, {
      allowVolumeExpansion: true,
    });
    api.put("/apis/storage.k8s.io/v1/storageclasses/stiff", {});
    api.servers(3, sizes["vault.storage"], sizes["vault.audit.storage"]);
    api.claim("vault", "vault-snapshots", sizes["vault.snapshots.storage"]);
    api.claim("postgres", "shlink-db-pg-abcd-pgdata", sizes["database.storage"]);
    api.claim("postgres", "shlink-db-repo1", sizes["database.backups.storage"]);
    api.put(database, postgres(17));
    api.put(keys, {});
    api.configured(3);
    return api;
  }

  claim(namespace: string, name: string, size?: string, storageClass?: string): void {
    this.put(`${claims(namespace)}/${name}`, spec(size, storageClass));
  }

  /** Vault's set, and a pair of claims for each of its servers. */
  servers(replicas: number, data?: string, audit?: string): void {
    for (let index = 0; index < replicas; index++) {
      this.claim("vault", `data-vault-${index}`, data);
      this.claim("vault", `audit-vault-${index}`, audit);
    }
    const volumeClaimTemplates = [
      { metadata: { name: "data" }, ...spec(data) },
      { metadata: { name: "audit" }, ...spec(audit) },
    ];
    this.put(set, { spec: { replicas, volumeClaimTemplates } });
  }

  /** Vault's configuration with so many servers, of which one leads or none does, and a stanza more. */
  configured(voters: number, label?: string, stanza = ""): void {
    const joins = 'retry_join { leader_api_addr = "a" }\n'.repeat(voters === 1 ? 0 : voters);
    this.put(config, { data: { "extraconfig-from-values.hcl": `${joins}${stanza}` } });
    const labels = label === undefined ? {} : { [label]: "true" };
    this.put("/api/v1/namespaces/vault/pods/vault-0", { metadata: { labels } });
  }
}
