import { z } from "zod";
import { port } from "./values.ts";

export const tunnels = z
  .strictObject({
    vault: port.default(28200).describe("Port on which the program reaches Vault."),
    postgres: port
      .default(25432)
      .describe(
        "Port on which the program reaches PostgreSQL; it must differ from `tunnels.vault`.",
      ),
  })
  .refine((tunnel) => tunnel.vault !== tunnel.postgres, {
    path: ["postgres"],
    message: "must differ from tunnels.vault",
  })
  .prefault({})
  .describe(
    "Ports on 127.0.0.1 that the program forwards into the cluster while it runs; two stacks on one machine need " +
      "different ones.",
  );
