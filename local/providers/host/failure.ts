import * as grpc from "@grpc/grpc-js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import { Incomplete } from "./resource.ts";
import { send } from "./values.ts";

/** The gRPC form of an error; one about an unfinished resource takes the resource with it. */
export function failure(error: unknown): Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof Incomplete) {
    metadata.add("grpc-status-details-bin", unfinished(error, details));
  }
  return { code: grpc.status.UNKNOWN, details, metadata };
}

function unfinished({ outcome, secrets }: Incomplete, reason: string): Buffer {
  const detail = new providerPb.ErrorResourceInitFailed();
  detail.setId(outcome.id);
  detail.setProperties(send(outcome.state, secrets));
  detail.setReasonsList([reason]);
  const packed = new anyPb.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusPb.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(reason);
  status.addDetails(packed);
  return Buffer.from(status.serializeBinary());
}
