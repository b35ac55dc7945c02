/**
 * Whether the database can be used, for whatever decides where requests go. The answer comes within
 * 1.5 seconds, even when the network fails. Only one question runs at a time, and callers who ask
 * meanwhile share its answer. So a link that swallows answers holds one connection, not all.
 */
import type * as PgPool from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { query } from "./Query.ts"
import { endedWithin, isRemote, runQueries, withSession } from "./Session.ts"
import { knownOf } from "./SessionPool.ts"
import { SqlFailure, toStoreError } from "./SqlFailure.ts"
import { readServerRole } from "./statements/readServerRole.ts"

/** How long an answer may take, in milliseconds. */
const answerMillisMax = 1_500

const readOnly = (place: string | undefined) =>
  new SqlFailure(
    "Denied",
    Object.assign(new Error(`${place ?? "the database"} is read only`), { code: "25006" }),
    place
  )

/** Asks a server for its role. A failure with `25006` also drops the pooled connections. */
const makeProbe = (pool: PgPool.PgPool): Effect.Effect<void, SqlFailure> => {
  const { place } = knownOf(pool)
  const lend = withSession(pool, { silenceMillisMax: answerMillisMax })
  return lend((session) =>
    Effect.flatMap(session.run([readServerRole]), ([rows = []]) =>
      rows.some((role) => role["is_standby"] === true || role["is_read_only"] === true)
        ? Effect.fail(readOnly(place))
        : Effect.void
    )
  )
}

/** Makes the ping. It fails with the reason why the database cannot be used. */
export const makePing = (pool: PgPool.PgPool): Effect.Effect<void, StoreError> => {
  if (!isRemote(pool)) {
    return Effect.mapError(Effect.asVoid(runQueries(pool)([query("select 1")])), toStoreError)
  }
  const { place } = knownOf(pool)
  const probe = makeProbe(pool)
  let asked: { readonly fiber: Fiber.Fiber<void, SqlFailure>; readonly at: number } | undefined
  const ask = Effect.map(Effect.forkDetach(probe, { startImmediately: true }), (fiber) => {
    const question = { fiber, at: performance.now() }
    asked = question
    fiber.addObserver(() => {
      if (asked === question) asked = undefined
    })
    return question
  })
  return Effect.suspend(() => (asked === undefined ? ask : Effect.succeed(asked))).pipe(
    Effect.flatMap(({ at, fiber }) =>
      endedWithin(fiber, Math.max(0, answerMillisMax - (performance.now() - at)), place)
    ),
    Effect.mapError(toStoreError)
  )
}
