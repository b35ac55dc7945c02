/** Why there is no server. */
import * as Data from "effect/Data"

/** The server cannot listen, such as when its port is taken. */
export class GrpcNotServed extends Data.TaggedError("GrpcNotServed")<{
  readonly message: string
}> {}
