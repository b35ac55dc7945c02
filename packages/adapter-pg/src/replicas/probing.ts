/**
 * Asks a server again and again how it stands, on a connection of its own: a pool that is busy must
 * not make a server look as if it did not answer.
 */
import type * as PgConnection from "@effect/sql-pg/PgConnection"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { SqlError } from "effect/sql/SqlError"
import type { SessionPool } from "../connection/SessionPool.ts"
import { fromDriver, SqlFailure } from "../connection/SqlFailure.ts"
import { type ServerStanding, toServerStanding } from "./ServerStanding.ts"
import { readServerStanding } from "./statements/readServerStanding.ts"

/** How long an answer may take, in milliseconds. */
const answerMillisMax = 1_500

/** Asks once. What it fails with has closed the connection; the next question opens another. */
export type Probe = Effect.Effect<ServerStanding, SqlFailure>

interface Open {
  readonly connection: PgConnection.PgConnection
  readonly scope: Scope.Closeable
}

/** Makes the way to ask the server that a pool leads to, until the scope closes. */
export const makeProbe = Effect.fnUntraced(function* (
  pool: SessionPool
): Effect.fn.Return<Probe, never, Scope.Scope> {
  const parent = yield* Effect.scope
  let open: Open | undefined
  const close = (exit: Exit.Exit<unknown, unknown>) =>
    Effect.suspend(() => {
      const closed = open
      open = undefined
      return closed === undefined ? Effect.void : Scope.close(closed.scope, exit)
    })
  const opened: Effect.Effect<PgConnection.PgConnection, SqlError> = Effect.suspend(() => {
    if (open !== undefined) return Effect.succeed(open.connection)
    const scope = Scope.forkUnsafe(parent)
    const made = pool.dedicated ?? Effect.die(new Error("an embedded database has no replicas"))
    return Scope.provide(made, scope).pipe(
      Effect.tap((connection) =>
        Effect.sync(() => {
          open = { connection, scope }
        })
      ),
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
    )
  })
  return opened.pipe(
    Effect.flatMap((connection) => connection.query(readServerStanding.sql, [], false)),
    Effect.map(({ rows: [row] }) => toServerStanding(row)),
    Effect.timeout(answerMillisMax),
    Effect.mapError((error) =>
      error._tag === "TimeoutError"
        ? new SqlFailure("Lost", new Error("it has not answered in time"), pool.place)
        : fromDriver(error, pool.place)
    ),
    Effect.onError((cause) => close(Exit.failCause(cause)))
  )
})
