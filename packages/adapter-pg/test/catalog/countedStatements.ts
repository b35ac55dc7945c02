/** Sessions that count the statements that are sent through them. */
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** How many statements were sent so far. */
export class Sent extends Context.Service<Sent, { count: number }>()("test/Sent") {}

/** The sessions, counted. */
export const counted = <E, R>(
  sessions: Layer.Layer<PgPool.PgPool, E, R>
): Layer.Layer<PgPool.PgPool | Sent, E, R> =>
  Layer.effectContext(
    Effect.map(PgPool.PgPool, (pool) => {
      const sent = { count: 0 }
      const get = Effect.map(pool.get, (connection) => ({
        ...connection,
        query: ((...args: Parameters<typeof connection.query>) => {
          sent.count++
          return connection.query(...args)
        }) as typeof connection.query
      }))
      return Context.make(PgPool.PgPool, { ...pool, get }).pipe(Context.add(Sent, sent))
    })
  ).pipe(Layer.provide(sessions))
