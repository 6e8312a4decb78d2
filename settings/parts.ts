import { z } from "zod";
import { dnsLabel, labels } from "./values.ts";

/** The mode of a part that this program brings; a stack file need not say it. */
export const install = z.literal("install").default("install");
export const existing = z.literal("existing");

/** Labels that tell an operator's pods from others in its namespace. */
const pods = labels.refine(
  (all) => Object.keys(all).length > 0,
  "must have a label: none would be every pod",
);

/** Where the pods of a part are that somebody else runs. */
export const place = (namespace: string, usual: Record<string, string>) => ({
  namespace: dnsLabel.default(namespace).describe("Namespace of its pods."),
  pods: pods.default(usual).describe("Labels of its pods."),
});

const installed = z
  .strictObject({ mode: install })
  .describe("This program installs it, from its chart.");

/** An operator that has no settings but where it is. */
export const operator = (namespace: string, usual: Record<string, string>, which: string) =>
  z
    .discriminatedUnion("mode", [
      installed,
      z
        .strictObject({ mode: existing, ...place(namespace, usual) })
        .describe("The cluster has one, which somebody else installed and looks after."),
    ])
    .prefault({ mode: "install" })
    .describe(which);
