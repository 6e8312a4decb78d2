/** Where data lies: on servers of the stack's own, or of somebody else. */
export const isOutside = ({ mode }: { mode: string }) => mode === "outside";

/** A server of data that somebody else runs. */
export interface OutsideStore {
  /** What it is, for names of objects. */
  name: "postgres" | "redis";
  hosts: string[];
  ports: number[];
  /** The networks of its addresses, in CIDR notation; none where all hosts are Services of the cluster. */
  networks: string[];
  /** Whether clients ask it for TLS. */
  encrypted: boolean;
  why: string;
}
