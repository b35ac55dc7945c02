/** How the HTTP door is tuned; the defaults suit a server that faces the network through a gateway. */
import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/** How the HTTP door is tuned. */
export interface HttpOptions {
  /** The largest body: 1 MiB. */
  readonly bodySizeMax?: ByteSize.ByteSize | undefined
  /** Lines that one request may carry: 100, at most the engine's 2,000. */
  readonly requestLinesMax?: number | undefined
  /**
   * How long the work on a request may take, once its body is here: 10 seconds. How long a body may
   * take to arrive is for the host to say, such as by `requestTimeout` of Node's `createServer`.
   */
  readonly requestTimeout?: Duration.Input | undefined
}

/** The options, filled in. */
export class HttpSettings extends Context.Service<
  HttpSettings,
  {
    readonly bodySizeMax: ByteSize.ByteSize
    readonly requestLinesMax: number
    readonly requestTimeoutMillis: number
  }
>()("@holdfast/http/server/HttpSettings") {}

/** The options, filled in with the defaults. */
export const settingsOf = (options: HttpOptions): HttpSettings["Service"] => ({
  bodySizeMax: options.bodySizeMax ?? ByteSize.mebibytes(1),
  requestLinesMax: Math.min(options.requestLinesMax ?? 100, 2_000),
  requestTimeoutMillis: Duration.toMillis(options.requestTimeout ?? "10 seconds")
})
