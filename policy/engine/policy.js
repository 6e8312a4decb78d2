/** What a policy is, and how it is run over resources. No policy can break a run. */

import { exemptionFor } from "./exemptions.js";
import { levelOf } from "./levels.js";

/**
 * @import { Node } from "./reader.js"
 * @import { Resource } from "./normalise.js"
 * @import { Exemption } from "./exemptions.js"
 * @import { Level, StackClass } from "./levels.js"
 */

/**
 * One thing that can be wrong.
 * @typedef {object} Code
 * @property {string} what in the middle of a sentence: "the host matches every name"
 * @property {string} why one sentence
 * @property {string} fix one sentence, in terms of this program
 * @property {Level} prod
 * @property {Level} dev
 */

/**
 * @typedef {{ type: "array" | "number" | "boolean", description: string, default: string[] | number | boolean }} Setting
 */

/**
 * @typedef {object} Policy
 * @property {string} name
 * @property {string} title
 * @property {string} description
 * @property {"low" | "medium" | "high" | "critical"} severity
 * @property {boolean} [locked] mandatory in prod whatever a configuration says
 * @property {string[]} tags
 * @property {string} [limits] what the policy cannot see
 * @property {Record<string, Code>} codes
 * @property {Record<string, Setting>} [settings]
 * @property {(resource: Resource, judge: Judge) => void} [check]
 * @property {(resources: Resource[], judge: Judge) => void} [checkStack]
 */

/**
 * @typedef {object} Finding
 * @property {string} policy
 * @property {string} code
 * @property {"mandatory" | "advisory"} level
 * @property {"violation" | "unknown" | "exempt" | "error"} verdict
 * @property {string} object Kind/namespace/name, as an exemption names it
 * @property {string} path
 * @property {string} urn
 * @property {string} headline what and where
 * @property {string} message headline, why and fix
 */

/**
 * @typedef {object} RunOptions
 * @property {StackClass} stack
 * @property {string} today
 * @property {Level} [cap]
 * @property {Record<string, unknown>} [settings]
 * @property {Exemption[]} [exemptions]
 */

/**
 * Shorthand for the catalogue of a policy.
 * @param {string} what
 * @param {string} why
 * @param {string} fix
 * @param {Level} [prod]
 * @param {Level} [dev]
 * @returns {Code}
 */
export function code(what, why, fix, prod = "mandatory", dev = "advisory") {
  return { what, why, fix, prod, dev };
}

export class Judge {
  /**
   * @param {Policy} policy
   * @param {RunOptions} options
   */
  constructor(policy, options) {
    this.policy = policy;
    this.options = options;
    this.urn = "";
    /** @type {Map<string, Finding>} */
    this.found = new Map();
  }

  /**
   * @param {string} name
   * @returns {unknown} the configured value, or the default
   */
  setting(name) {
    return this.options.settings?.[name] ?? this.policy.settings?.[name]?.default;
  }

  /** @param {string} name @returns {string[]} */
  list(name) {
    const value = this.setting(name);
    return Array.isArray(value) ? value.map(String) : [];
  }

  /**
   * @param {string} id
   * @param {Node} node
   * @param {string} [detail] replaces the code's own words
   */
  report(id, node, detail) {
    if (node.unknown) return this.undetermined(id, node);
    const entry = this.code(id);
    const level = levelOf(entry, this.options.stack, this.options.cap);
    if (level === "off") return;
    const where = node.path === "" ? "" : `, ${node.path}`;
    const headline = `${id} ${node.subject.label}${where}: ${detail ?? entry.what}.`;
    const message = `${headline} ${entry.why} Fix: ${entry.fix}`;
    this.add(id, node, { level, verdict: "violation", headline, message });
  }

  /**
   * Reports when the value is bad, notes when it cannot be told yet.
   * @param {string} id
   * @param {Node} node
   * @param {(node: Node) => boolean | string} bad
   */
  when(id, node, bad) {
    if (node.unknown) return this.undetermined(id, node);
    const verdict = bad(node);
    if (verdict !== false) this.report(id, node, verdict === true ? undefined : verdict);
  }

  /**
   * @param {string} id
   * @param {Node} node
   */
  undetermined(id, node) {
    const entry = this.code(id);
    if (levelOf(entry, this.options.stack, this.options.cap) !== "mandatory") return;
    const headline = `${id} ${node.subject.label}, ${node.path || "inputs"}: not known yet.`;
    const message = `${headline} It is judged when the update knows it; what must not be: ${entry.what}.`;
    this.add("", node, { level: "advisory", verdict: "unknown", headline, message }, id);
  }

  /** @param {string} id */
  code(id) {
    const entry = this.policy.codes[id];
    if (entry === undefined) throw new Error(`${this.policy.name} has no code ${id}`);
    return entry;
  }

  /**
   * One finding per code and place; one per place for what is not known.
   * @param {string} key
   * @param {Node} node
   * @param {Pick<Finding, "level" | "verdict" | "headline" | "message">} part
   * @param {string} [id]
   */
  add(key, node, part, id = key) {
    const place = `${key}|${node.subject.id}|${node.path}`;
    if (this.found.has(place)) return;
    const object = node.subject.id;
    const finding = {
      policy: this.policy.name,
      code: id,
      object,
      path: node.path,
      urn: this.urn,
      ...part,
    };
    this.found.set(place, this.policy.locked === true ? finding : this.exempted(finding));
  }

  /**
   * @param {Finding} finding
   * @returns {Finding}
   */
  exempted(finding) {
    const { exemptions = [], today } = this.options;
    const exemption = exemptionFor(exemptions, finding, today);
    if (exemption === undefined || finding.verdict !== "violation") return finding;
    const headline = `${finding.headline} Exempt until ${exemption.until}: ${exemption.reason}`;
    return { ...finding, level: "advisory", verdict: "exempt", headline, message: headline };
  }
}

/**
 * An error inside a policy must neither abort the engine nor let a resource through.
 * @param {Policy} policy
 * @param {RunOptions} options
 * @param {string} urn
 * @param {string} where
 * @param {unknown} error
 * @returns {Finding}
 */
export function internalError(policy, options, urn, where, error) {
  const kind = error instanceof Error ? error.name : "error";
  const headline = `X00 ${where}: the policy ${policy.name} failed with an internal ${kind}.`;
  const level = options.stack === "prod" && options.cap !== "advisory" ? "mandatory" : "advisory";
  const message = `${headline} Nothing was judged, so nothing can pass. Fix: report it with the resource's definition.`;
  return {
    policy: policy.name,
    code: "X00",
    level,
    verdict: "error",
    object: where,
    path: "",
    urn,
    headline,
    message,
  };
}

/**
 * @param {Policy} policy
 * @param {Resource} resource
 * @param {RunOptions} options
 * @returns {Finding[]}
 */
export function judgeResource(policy, resource, options) {
  if (policy.check === undefined) return [];
  const judge = new Judge(policy, options);
  judge.urn = resource.urn;
  try {
    policy.check(resource, judge);
  } catch (error) {
    return [
      internalError(policy, options, resource.urn, `${resource.type} "${resource.name}"`, error),
    ];
  }
  return [...judge.found.values()];
}

/**
 * @param {Policy} policy
 * @param {Resource[]} resources
 * @param {RunOptions} options
 * @returns {Finding[]}
 */
export function judgeStack(policy, resources, options) {
  if (policy.checkStack === undefined) return [];
  const judge = new Judge(policy, options);
  try {
    policy.checkStack(resources, judge);
  } catch (error) {
    return [internalError(policy, options, "", "the stack", error)];
  }
  return [...judge.found.values()];
}
