/** Whether a server speaks gRPC too, and on which port: the settings. */
import { setting, wholeNumber } from "../settings.ts"

/** The settings. */
export const grpcFlags = {
  grpcPort: setting(
    "grpc-port",
    {
      metavar: "<port>",
      description: "Serve gRPC too, on this port, 0 for any free one (default: not served)",
      read: wholeNumber(0, 65_535)
    },
    undefined
  )
}

/** The settings as read. */
export interface GrpcInput {
  readonly grpcPort: number | undefined
}
