/** How the HTTP door is tuned; the defaults suit a server that faces the network through a gateway. */
import { HoldfastError } from "@holdfast/core"
import type { Caller } from "@holdfast/core/engine"
import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/** How the HTTP door is tuned. */
export interface HttpOptions {
  /**
   * The path that the API lives under, such as `/shop`: the routes are then at `/shop/api`,
   * `/shop/health` and so on, and the documents say so. At the root unless given.
   */
  readonly basePath?: string | undefined
  /** The largest body: 1 MiB. */
  readonly bodySizeMax?: ByteSize.ByteSize | undefined
  /** Lines that one request may carry: 100, at most the engine's 2,000. */
  readonly requestLinesMax?: number | undefined
  /**
   * How long the work on a request may take, once its body is here: 10 seconds. How long a body may
   * take to arrive is for the host to say, such as by `requestTimeout` of Node's `createServer`.
   */
  readonly requestTimeout?: Duration.Input | undefined
  /**
   * Who sends a request, by its headers, which whoever stands before this door must vouch for: one
   * caller never meets another's idempotency keys. Everybody is one and the same, unless it is given.
   */
  readonly callerOf?: ((headers: RequestHeaders) => Caller) | undefined
}

/** The headers of a request, by their names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>

/** The options, filled in. */
export class HttpSettings extends Context.Service<
  HttpSettings,
  {
    /** Empty at the root. */
    readonly basePath: string
    readonly bodySizeMax: ByteSize.ByteSize
    readonly requestLinesMax: number
    readonly requestTimeoutMillis: number
    readonly callerOf: HttpOptions["callerOf"]
  }
>()("@holdfast/http/server/HttpSettings") {}

const readBasePath = (basePath = ""): string => {
  if (/^(\/[\w.~-]+)*$/.test(basePath)) return basePath
  const message = 'must be a path such as "/shop", with no slash at its end'
  throw new HoldfastError("InvalidInput", { issues: [{ path: "options.basePath", message }] })
}

/** The options, filled in with the defaults. Throws `InvalidInput` for a base path that is none. */
export const settingsOf = (options: HttpOptions): HttpSettings["Service"] => ({
  basePath: readBasePath(options.basePath),
  bodySizeMax: options.bodySizeMax ?? ByteSize.mebibytes(1),
  requestLinesMax: Math.min(options.requestLinesMax ?? 100, 2_000),
  requestTimeoutMillis: Duration.toMillis(options.requestTimeout ?? "10 seconds"),
  callerOf: options.callerOf
})
