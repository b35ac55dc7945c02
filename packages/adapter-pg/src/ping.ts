/**
 * Whether the database can be used, asked by whoever decides where requests go: an answer within
 * 1.5 seconds, whatever has become of the network. One question is on its way at a time; who asks
 * meanwhile hears of that one, so that a link which swallows answers holds one connection, not all.
 */
import type * as PgPool from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/effect"
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
    "Refused",
    Object.assign(new Error(`${place ?? "the database"} is read only`), { code: "25006" }),
    place
  )

/** Asks a server what it is; a failure by reason of `25006` also drops the pooled connections. */
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

/** Makes the question; it fails with the reason why the database cannot be used. */
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
