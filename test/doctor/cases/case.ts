import type { Facts } from "../../../doctor/facts.ts";
import type { Link } from "../../../doctor/finding.ts";

/** A change of a healthy cluster by which one finding applies. */
export interface Case {
  /** The finding that is to apply; others may, too. */
  id: string;
  what: string;
  change: (facts: Facts) => void;
  /** What the evidence says. */
  says: RegExp;
  /** Where it is not the finding's own. */
  link?: Link;
}

/** A change by which that finding does not apply. */
export interface QuietCase {
  id: string;
  what: string;
  change: (facts: Facts) => void;
}
