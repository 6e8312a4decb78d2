import * as kubernetes from "@pulumi/kubernetes";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import * as vault from "@pulumi/vault";

/** What it costs to have the program's SDKs at all. */
export const stack = pulumi.getStack();
export const sdks = [kubernetes, postgresql, random, tls, vault].length;
