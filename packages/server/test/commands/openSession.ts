/** A database session of the test itself: to hold a lock, to look, to wait for what it sees. */
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { eventually } from "../eventually.ts"

/** A row, by the names of its columns. */
export type SessionRow = Readonly<Record<string, unknown>>

/** A session that is open. */
export interface TestSession extends AsyncDisposable {
  readonly run: (sql: string) => Promise<ReadonlyArray<SessionRow>>
  /** Runs a query again until its first row is as wanted. */
  readonly until: (sql: string, wanted: (row: SessionRow) => boolean) => Promise<SessionRow>
  readonly close: () => Promise<void>
}

/** Opens a session. */
export const openSession = async (url: string): Promise<TestSession> => {
  const scope = await Effect.runPromise(Scope.make())
  const connection = await Effect.runPromise(
    Scope.provide(PgConnection.make({ url: Redacted.make(url) }), scope)
  )
  const run = async (sql: string) => {
    const { rows } = await Effect.runPromise(connection.query(sql, []))
    return rows as ReadonlyArray<SessionRow>
  }
  const close = () => Effect.runPromise(Scope.close(scope, Exit.void))
  return {
    run,
    until: (sql, wanted) =>
      eventually(async () => {
        const [row] = await run(sql)
        return row !== undefined && wanted(row) ? row : undefined
      }),
    close,
    [Symbol.asyncDispose]: close
  }
}
