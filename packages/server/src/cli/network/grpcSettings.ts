/** Whether a server speaks gRPC too, on which port, and to browsers: the settings. */
import * as Effect from "effect/Effect"
import { type CommandFailure, usageFailure } from "../CommandFailure.ts"
import { type Reader, setting, toggle, wholeNumber } from "../settings.ts"

const aPort = wholeNumber(0, 65_535)

const portOrSame: Reader<number | "same"> = (text) => {
  if (text === "same") return { value: "same" }
  const read = aPort(text)
  return "value" in read ? read : { mustBe: `${read.mustBe}, or same for that of HTTP` }
}

/** The settings. */
export const grpcFlags = {
  grpcPort: setting(
    "grpc-port",
    {
      metavar: "<port>",
      description:
        "Serve gRPC too, on this port, 0 for any free one, same for that of HTTP (default: not served)",
      read: portOrSame
    },
    undefined
  ),
  grpcWeb: toggle(
    "grpc-web",
    "Answer browsers over gRPC-Web, on the port of HTTP; needs --grpc-port (default: false)",
    false
  )
}

/** The settings as read. */
export interface GrpcInput {
  readonly grpcPort: number | "same" | undefined
  readonly grpcWeb: boolean
}

/** The settings, where they go together with the others; gRPC on the port of HTTP is "same". */
export const checkedGrpc = ({
  grpcPort,
  grpcWeb,
  isSecure,
  port
}: GrpcInput & { readonly isSecure: boolean; readonly port: number }): Effect.Effect<
  GrpcInput,
  CommandFailure
> => {
  if (grpcWeb && grpcPort === undefined) {
    return usageFailure("--grpc-web needs --grpc-port (or HOLDFAST_GRPC_PORT)")
  }
  const isSame = grpcPort === "same" || (grpcPort === port && port !== 0)
  if (isSame && isSecure) {
    return usageFailure(
      "over TLS, gRPC needs another --grpc-port than --port: browsers speak HTTP/2 there as gRPC does"
    )
  }
  return Effect.succeed({ grpcPort: isSame ? "same" : grpcPort, grpcWeb })
}
