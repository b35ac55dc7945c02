/** What a host may decide about the gRPC door. */
import type { Principal } from "@holdfast/core/access"
import type * as Effect from "effect/Effect"

/** A call, as far as who sends it goes. */
export interface GrpcCall {
  /** The metadata as headers: names in small letters, and the first value of each. */
  readonly headers: Readonly<Record<string, string>>
  /** The address at the other end of the connection, without its port. */
  readonly address: string | undefined
}

/** Nobody vouches for who sends the call; `reason` is for the log alone. */
export interface NotVouched {
  readonly reason: string
}

/** Options of the gRPC door. */
export interface GrpcOptions {
  /** The address to listen on: 127.0.0.1 unless given. */
  readonly host?: string | undefined
  /** The port: 9090 unless given; 0 takes any that is free. */
  readonly port?: number | undefined
  /** The largest request, in bytes: 4 MiB unless given. */
  readonly messageBytesMax?: number | undefined
  /** How long a call with one answer may take, in milliseconds, whatever its deadline: 30,000. */
  readonly callMillisMax?: number | undefined
  /** Finds out who sends a call. Without it every call is trusted, as the host itself. */
  readonly authenticate?: ((call: GrpcCall) => Effect.Effect<Principal, NotVouched>) | undefined
}

/** The options, with what was left out. */
export interface GrpcSettings {
  readonly host: string
  readonly port: number
  readonly messageBytesMax: number
  readonly callMillisMax: number
  readonly authenticate: GrpcOptions["authenticate"]
}

/** Reads the options. */
export const settingsOf = (options: GrpcOptions): GrpcSettings => ({
  host: options.host ?? "127.0.0.1",
  port: options.port ?? 9_090,
  messageBytesMax: options.messageBytesMax ?? 4 * 1_024 * 1_024,
  callMillisMax: options.callMillisMax ?? 30_000,
  authenticate: options.authenticate
})
