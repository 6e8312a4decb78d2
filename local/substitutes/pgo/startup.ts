import { certificateFolder, socketFolder } from "./settings.ts";
import { replicationUser } from "./names.ts";

export const configFolder = "/etc/patroni";
export const roleFile = "/tmp/role";

// Without a checkpoint pg_rewind would read the old timeline and find nothing to rewind.
export const promoteCommand = [
  "sh",
  "-c",
  'pg_ctl promote -w -D "$PGDATA" && psql -Xwc CHECKPOINT',
];

// Read functions that pg_rewind needs as a plain role.
const rewindGrants = [
  "pg_ls_dir(text, boolean, boolean)",
  "pg_stat_file(text, boolean)",
  "pg_read_binary_file(text)",
  "pg_read_binary_file(text, bigint, bigint, boolean)",
]
  .map((name) => `GRANT EXECUTE ON FUNCTION pg_catalog.${name} TO ${replicationUser}`)
  .join("\n");

const functions = `
told() { until [ -s ${roleFile} ]; do sleep 0.2; done; cat ${roleFile}; }
server() { exec postgres -D "$PGDATA" -c config_file=${configFolder}/postgresql.conf -c hba_file=${configFolder}/pg_hba.conf; }
copy_leader() {
  until rm -rf "$PGDATA.new" "\${PGDATA}_wal.new" && pg_basebackup -D "$PGDATA.new" --waldir="\${PGDATA}_wal.new" -d "$leader" -X stream -R -c fast; do sleep 1; done
  rm -rf "$PGDATA.old"
  if [ -e "$PGDATA" ]; then mv "$PGDATA" "$PGDATA.old"; fi
  take
}
take() {
  mv "$PGDATA.new" "$PGDATA"
  rm -rf "\${PGDATA}_wal"
  mv "\${PGDATA}_wal.new" "\${PGDATA}_wal"
  ln -sfn "\${PGDATA}_wal" "$PGDATA/pg_wal"
}
create() {
  rm -rf "$PGDATA.new" "\${PGDATA}_wal.new"
  initdb -D "$PGDATA.new" --waldir="\${PGDATA}_wal.new" -U postgres -A peer -E UTF8 --data-checksums --allow-group-access >/dev/null
  postgres --single -D "$PGDATA.new" postgres >/dev/null <<'SQL'
CREATE ROLE ${replicationUser} LOGIN REPLICATION
${rewindGrants}
SQL
  take
}
`;

const serve = `
chmod 0750 "$PGDATA"
server &
pid=$!
trap 'kill -INT $pid' TERM INT
sums() { cat ${configFolder}/* ${certificateFolder}/tls.* ${certificateFolder}/ca.crt | cksum; }
(
  seen=$(sums)
  while sleep 5 && kill -0 $pid 2>/dev/null; do
    if [ "$(sums)" != "$seen" ]; then seen=$(sums); kill -HUP $pid; fi
  done
) &
rc=0
while kill -0 $pid 2>/dev/null; do wait $pid && rc=0 || rc=$?; done
exit $rc
`;

/**
 * What Patroni does inside the pod, as far as one primary and its streaming replicas need it.
 * A pod with data starts by itself; one without waits to be told what it is, so that two empty
 * pods never both create a database.
 */
export function startupScript(leaderHost: string): string {
  return `
leader="host=${leaderHost} port=$PGPORT user=${replicationUser} sslmode=verify-ca sslrootcert=${certificateFolder}/ca.crt sslcert=${certificateFolder}/replication/tls.crt sslkey=${certificateFolder}/replication/tls.key connect_timeout=3"
mkdir -p ${socketFolder}
${functions.trim()}
if [ ! -e "$PGDATA/PG_VERSION" ]; then
  if [ "$(told)" = primary ]; then create; else copy_leader; fi
elif [ ! -e "$PGDATA/standby.signal" ]; then
  if [ "$(psql "$leader dbname=postgres" -Atwc 'SELECT NOT pg_is_in_recovery()' 2>/dev/null)" = t ]; then
    pg_rewind -D "$PGDATA" --source-server="$leader dbname=postgres" -R || copy_leader
  fi
fi
${serve.trim()}
`;
}
