/**
 * Changes that people make by hand, each with its record in the audit log: both are written in one
 * transaction, or neither. A change that turns out to change nothing leaves no record.
 */
import type * as PgPool from "@effect/sql-pg/PgPool"
import type { ManagementRecord } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { type Query, query, type Row } from "../connection/Query.ts"
import { withSession } from "../connection/Session.ts"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import { insertRecords, insertSenders } from "./statements/writeAudit.ts"

/** The rows of each query. */
export type Answers = ReadonlyArray<ReadonlyArray<Row>>

/**
 * Runs the queries of a change, of which the first answers with rows when something is changed, or as
 * `isChanged` says; with a record, in a transaction.
 */
export type RunChange = (
  queries: ReadonlyArray<Query>,
  record: ManagementRecord | undefined,
  isChanged?: (answers: Answers) => boolean
) => Effect.Effect<Answers, SqlFailure>

const begin = query("begin isolation level read committed")
const commit = query("commit")

const firstHasRows = ([first = []]: Answers): boolean => first.length > 0

/** How such changes are run. */
export interface RecordedChangesOptions {
  /** The schema whose audit log keeps the records. */
  readonly schema: string
  /** The clock of records, in epoch milliseconds: the database's own when it is null. */
  readonly nowMillis?: Effect.Effect<number | null> | undefined
  /** How long each answer may take: 12 seconds. */
  readonly silenceMillisMax?: number | undefined
}

/** Makes the way to run such changes over a pool. */
export const recordedChanges = (
  pool: PgPool.PgPool,
  { nowMillis = Effect.succeed(null), schema, silenceMillisMax = 12_000 }: RecordedChangesOptions
): RunChange => {
  const lend = withSession(pool, { silenceMillisMax })
  const records = insertRecords(schema)
  const senders = insertSenders(schema)
  return (queries, record, isChanged = firstHasRows) =>
    record === undefined
      ? lend((session) => session.run(queries))
      : Effect.flatMap(nowMillis, (now) =>
          lend(
            Effect.fnUntraced(function* (session) {
              const [, ...answers] = yield* session.run([begin, ...queries])
              const sent = record.sender === null ? [] : [senders([record])]
              const kept = isChanged(answers) ? [records([record.text], now), ...sent] : []
              yield* session.run([...kept, commit])
              return answers
            })
          )
        )
}
