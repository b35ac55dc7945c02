// The connection to a PostgreSQL server (15 or newer). Opening it needs no server: connections are
// made when they are first used, a lost one is replaced, and a server that was away is used again
// when it is back. Every session has the settings of `sessionSettings`.

import type { ConnectionOptions } from "node:tls"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { openSessions, type PgSessions } from "./PgSessions.ts"
import { StoreStartError } from "./StoreStartError.ts"
import { sessionSettings } from "./sessionSettings.ts"

/** Where the server is and how many connections it may be asked for. Fields win over the URL. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=require` */
  readonly url?: Redacted.Redacted | string
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly username?: string
  readonly password?: Redacted.Redacted | Effect.Effect<Redacted.Redacted>
  readonly ssl?: boolean | ConnectionOptions
  /** How many connections at most; 10 unless given. A lane holds one while it commits. */
  readonly maxConnections?: number
  /** How long a connection attempt may take, in milliseconds; 5,000 unless given. */
  readonly connectTimeoutMillis?: number
  /** Server settings of each session, on top of Holdfast's own. */
  readonly settings?: Readonly<Record<string, string>>
}

const invalid = (message: string) => new StoreStartError({ reason: "InvalidOptions", message })

const checkedUrl = (
  url: Redacted.Redacted | string
): Effect.Effect<Redacted.Redacted, StoreStartError> =>
  Effect.suspend(() => {
    const secret = typeof url === "string" ? Redacted.make(url) : url
    const text = Redacted.value(secret)
    // The URL holds a password, so no message repeats it.
    if (!URL.canParse(text)) return Effect.fail(invalid("the PostgreSQL URL cannot be read"))
    const { protocol } = new URL(text)
    return protocol === "postgres:" || protocol === "postgresql:"
      ? Effect.succeed(secret)
      : Effect.fail(invalid(`a PostgreSQL URL starts with postgres://, not with ${protocol}//`))
  })

/**
 * A pool of connections to a PostgreSQL server, for the lifetime of the layer. Fails with
 * `InvalidOptions` for a URL that cannot be read; an unreachable server is not an error at start.
 */
export const layerPostgres = (options: PostgresOptions): Layer.Layer<PgSessions, StoreStartError> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { connectTimeoutMillis, settings, url, ...fields } = options
      const checked = url === undefined ? {} : { url: yield* checkedUrl(url) }
      return yield* Effect.mapError(
        openSessions({
          keepAlive: "30 seconds",
          maxConnections: 10,
          ...fields,
          ...checked,
          ...(connectTimeoutMillis === undefined ? {} : { connectTimeout: connectTimeoutMillis }),
          startupParameters: { ...sessionSettings, ...settings }
        }),
        (cause) => new StoreStartError({ reason: "InvalidOptions", message: cause.message, cause })
      )
    })
  )
