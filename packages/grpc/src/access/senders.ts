/** What is known of a call before anything of it is read. */
import { X509Certificate } from "node:crypto"
import type { Sender } from "@holdfast/core/audit"
import type { SentCall } from "../serving/calls.ts"
import type { GrpcCall, GrpcSettings } from "../serving/GrpcOptions.ts"

/** `127.0.0.1:5000` and `[::1]:5000`, without the port. */
const addressIn = (peer: string): string | undefined => {
  const [, inBrackets, plain] = /^(?:\[(.+)\]|(.+)):\d+$/.exec(peer) ?? []
  return inBrackets ?? plain
}

/** grpc-js knows the other end of a connection that it was handed only by its socket. */
interface WithStream {
  readonly call?: {
    readonly stream?: {
      readonly session?: { readonly socket?: { readonly remoteAddress?: string } }
    }
  }
}

const certificateOf = (call: SentCall): X509Certificate | undefined => {
  const raw = call.getAuthContext().sslPeerCertificate?.raw
  return raw === undefined ? undefined : new X509Certificate(raw)
}

/** What is known of who sends a call. */
export const callOf = (call: SentCall): GrpcCall => ({
  headers: {
    ...Object.fromEntries(
      Object.entries(call.metadata.getMap()).map(([name, value]) => [name, String(value)])
    ),
    host: call.getHost()
  },
  address:
    addressIn(call.getPeer()) ?? (call as WithStream).call?.stream?.session?.socket?.remoteAddress,
  certificate: () => certificateOf(call)
})

/** Where a call came from, for the audit log and for limits. */
export const senderOf = (call: GrpcCall, { addressOf }: GrpcSettings): Sender => ({
  address: (addressOf === undefined ? call.address : addressOf(call)) ?? null,
  userAgent: call.headers["user-agent"] ?? null
})
