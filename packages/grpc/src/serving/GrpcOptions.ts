/** What a host may decide about the gRPC door. */
import type { X509Certificate } from "node:crypto"
import type { Duplex } from "node:stream"
import { HoldfastError } from "@holdfast/core"
import {
  makeMemoryRateLimiter,
  type Principal,
  type RateLimit,
  type RateLimiter
} from "@holdfast/core/access"
import type { StoreError } from "@holdfast/core/engine"
import type { AccessLogOptions } from "@holdfast/core/tracing"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { GuestOptions } from "../access/guests.ts"
import type { GrpcNotServed } from "./GrpcNotServed.ts"

/** A call, as far as who sends it goes. */
export interface GrpcCall {
  /** The metadata as headers: names in small letters, the first value of each, and the `host` called. */
  readonly headers: Readonly<Record<string, string>>
  /** The address at the other end of the connection, without its port. */
  readonly address: string | undefined
  /** The certificate that the client has shown, which the authorities of the server vouched for. */
  readonly certificate: () => X509Certificate | undefined
}

/** Nobody vouches for who sends the call; `reason` is for the log alone. */
export interface NotVouched {
  readonly reason: string
}

/** How often somebody may read, and how often they may write; no limit where none is given. */
export interface CallRates {
  readonly reads?: RateLimit | undefined
  readonly writes?: RateLimit | undefined
}

/** How many calls are taken, and from whom. Health and reflection are never limited. */
export interface GrpcLimits {
  /** Calls with one answer that may be under way at once: 2,000. */
  readonly callsMax?: number | undefined
  /** Streams of events that may be open at once: 100. */
  readonly streamsMax?: number | undefined
  /** For each address, before it is known who sends. */
  readonly address?: CallRates | undefined
  /** For each principal; those without one have the limit of their address. */
  readonly principal?: CallRates | undefined
  /** Who counts: this server alone, unless given. Give it that of the REST API to count together. */
  readonly limiter?: RateLimiter | undefined
}

/**
 * Listens by itself, for as long as the scope, and hands over each connection that speaks HTTP/2, such as
 * one of TLS; answers with the port.
 */
export type Listen = (
  accept: (connection: Duplex) => void
) => Effect.Effect<number, GrpcNotServed, Scope.Scope>

/** Options of the gRPC door. */
export interface GrpcOptions {
  /** The address to listen on: 127.0.0.1 unless given. */
  readonly host?: string | undefined
  /** The port: 9090 unless given; 0 takes any that is free. */
  readonly port?: number | undefined
  /** Listens in place of the server, such as for TLS. Without it the server speaks in the clear. */
  readonly listen?: Listen | undefined
  /**
   * Whether the services are there for browsers too, over gRPC-Web: the handler is in `GrpcAddress`, and is
   * asked by an HTTP server of the host. `corsOrigins` are the sites whose pages may call, beside its own.
   */
  readonly web?: { readonly corsOrigins: ReadonlyArray<string> } | undefined
  /** The largest request, in bytes: 4 MiB unless given. */
  readonly messageBytesMax?: number | undefined
  /** How long a call with one answer may take, in milliseconds, whatever its deadline: 30,000. */
  readonly callMillisMax?: number | undefined
  /** How long calls under way may take to end when the server stops, in milliseconds: 10,000. */
  readonly drainMillis?: number | undefined
  /** Finds out who sends a call. Without it every call is trusted, as the host itself. */
  readonly authenticate?:
    | ((call: GrpcCall) => Effect.Effect<Principal, NotVouched | StoreError>)
    | undefined
  /** Lets in who shows nothing but the token of a cart, as `holdfast-cart` in the metadata; nobody is unless given. */
  readonly guests?: GuestOptions | undefined
  /** Finds the address of the client, where proxies stand before the server. */
  readonly addressOf?: ((call: GrpcCall) => string | undefined) | undefined
  /** Whether denied calls get a record in the audit log, where `authenticate` is given: they do. */
  readonly recordDenials?: boolean | undefined
  /** After how long who follows events is asked for again, in milliseconds: 10,000. */
  readonly recheckMillis?: number | undefined
  /** How many calls are taken, and from whom. */
  readonly limits?: GrpcLimits | undefined
  /**
   * Which calls get a line of log when they end: none unless given. A stream is never slow. A status that says
   * that the server failed counts as 500 and above, any other than OK as 400 and above.
   */
  readonly accessLog?: AccessLogOptions | undefined
  /** Aborts when the host is about to stop: streams then end, so that their clients go on elsewhere. */
  readonly leaving?: AbortSignal | undefined
}

/** The options, with what was left out. */
export interface GrpcSettings extends GrpcOptions {
  readonly host: string
  readonly port: number
  readonly messageBytesMax: number
  readonly callMillisMax: number
  readonly drainMillis: number
  readonly recordDenials: boolean
  readonly recheckMillis: number
  readonly limits: GrpcLimits & {
    readonly callsMax: number
    readonly streamsMax: number
    readonly limiter: RateLimiter
  }
}

const within = (path: string, value: number, least: number, most: number): number => {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  const message = `must be a whole number from ${least} to ${most}`
  throw new HoldfastError("InvalidInput", { issues: [{ path: `options.${path}`, message }] })
}

/** Reads the options. Throws `InvalidInput` for a number that nobody could keep. */
export const settingsOf = (options: GrpcOptions): GrpcSettings => {
  const { limits = {} } = options
  return {
    ...options,
    host: options.host ?? "127.0.0.1",
    port: within("port", options.port ?? 9_090, 0, 65_535),
    messageBytesMax: within(
      "messageBytesMax",
      options.messageBytesMax ?? 4 * 1_024 * 1_024,
      1_024,
      256 * 1_024 * 1_024
    ),
    callMillisMax: within("callMillisMax", options.callMillisMax ?? 30_000, 1, 600_000),
    drainMillis: within("drainMillis", options.drainMillis ?? 10_000, 0, 600_000),
    recordDenials: options.recordDenials ?? true,
    recheckMillis: within("recheckMillis", options.recheckMillis ?? 10_000, 1, 3_600_000),
    limits: {
      ...limits,
      callsMax: within("limits.callsMax", limits.callsMax ?? 2_000, 1, 1_000_000),
      streamsMax: within("limits.streamsMax", limits.streamsMax ?? 100, 0, 100_000),
      limiter: limits.limiter ?? makeMemoryRateLimiter()
    }
  }
}
