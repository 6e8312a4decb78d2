/** What each program reads from its environment; the component that starts the program is typed by it, too. */
export interface Environments {
  "bootstrap.ts": KeptServers &
    AnyServer & {
      /** How the servers get the key to their data; with `shamir` they have to be given it. */
      SEAL: string;
      KEY_SHARES: string;
      KEY_THRESHOLD: string;
      /** Public keys to which recovery keys are encrypted, with commas between them; none keeps them as they are. */
      PGP_KEYS: string;
      /** Mount path, role and policy of the deployer's login. */
      DEPLOYER: string;
      /** Service accounts that may log in as the deployer, with commas between them. */
      DEPLOYER_ACCOUNTS: string;
      NAMESPACE: string;
      /** The audience of the tokens of those accounts. */
      AUDIENCE: string;
      /** File with the deployer's policy. */
      DEPLOYER_POLICY: string;
    };
  "unsealer.ts": KeptServers;
  "snapshot.ts": AnyServer & {
    /** Mount path and role of the login. */
    VAULT_LOGIN: string;
    VAULT_ROLE: string;
    SNAPSHOT_FOLDER: string;
    /** How many snapshots stay. */
    KEEP: string;
  };
  "reloader.ts": {
    VAULT_PORT: string;
    INTERVAL_SECONDS: string;
    /** File with the certificate, where Vault has one. */
    CERTIFICATE?: string;
    /** File with the audit log, where Vault keeps one; the others then say when it is rotated. */
    AUDIT_LOG?: string;
    AUDIT_MAX_BYTES?: string;
    AUDIT_KEEP?: string;
  };
  "janitor.ts": {
    /** API groups whose definitions are removed, each with its release's namespace, as JSON. */
    CRD_GROUPS: string;
  };
}

interface VaultAuthority {
  /** File with the authority of Vault's certificate, where Vault has one. */
  VAULT_CACERT?: string;
}

interface AnyServer extends VaultAuthority {
  /** Address of whichever server there is. */
  VAULT_ADDRESS: string;
}

interface KeptServers extends VaultAuthority {
  /** Addresses of all servers, with commas between them; the first one is initialised. */
  VAULT_ADDRESSES: string;
  /** Name of the Secret with Vault's keys. */
  KEYS_SECRET: string;
}

export type Program = keyof Environments;

/** Names of the variables that a program always has (`string`), or may lack (`undefined`). */
type NamesOf<P extends Program, Kind> = {
  [Name in keyof Environments[P]]-?: Kind extends Environments[P][Name] ? Name : never;
}[keyof Environments[P]];
type Optional<P extends Program> = NamesOf<P, undefined>;
type Required<P extends Program> = Exclude<keyof Environments[P], Optional<P>>;

/** A reader of one program's variables, which throws where one is missing. */
export function environmentOf<P extends Program>() {
  function variable(name: Required<P>): string;
  function variable(name: Optional<P>, otherwise: string): string;
  function variable(name: PropertyKey, otherwise?: string): string {
    const value = process.env[String(name)] ?? otherwise;
    if (value === undefined) throw new Error(`The environment lacks ${String(name)}.`);
    return value;
  }
  return variable;
}
