/** How the engine marks values on the wire: an object that stands for a secret, and a value not known yet. */
export {
  specialSigKey as signatureKey,
  unknownValue as unknownMark,
} from "@pulumi/pulumi/runtime/rpc.js";
