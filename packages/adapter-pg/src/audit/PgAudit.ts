/** The audit log of a context in its tables. */
import {
  type Anchor,
  type AuditLog,
  canonicalEvent,
  canonicalRecord,
  type DeniedAttempt,
  keptDenial,
  pruneEventsOperation,
  pruneMonthsOperation,
  readLeaves,
  recordedDrops,
  type Seal,
  type SealedLog,
  type SealedText
} from "@holdfast/core/audit"
import { type CommandId, type EventId, mayLag, type StoreError } from "@holdfast/core/engine"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Query, Row } from "../connection/Query.ts"
import { type SqlFailure, toStoreError } from "../connection/SqlFailure.ts"
import { type Run, settledHead } from "../events/settledPosition.ts"
import { readHorizon } from "../events/statements/readCursors.ts"
import { toRecord } from "./auditRows.ts"
import {
  readAnchor,
  readAudit,
  readAuditOfCommands,
  readAuditRange,
  readLastSeal,
  readLedgerStart,
  readSealedEvents,
  readSealedMovements,
  readSeals,
  readSenders,
  readStrayMovement,
  readUnmarked
} from "./statements/readAudit.ts"
import { insertMarks, insertRecords, insertSeal, insertSenders } from "./statements/writeAudit.ts"

const recordText = (row: Row): SealedText => {
  const kept = row["record"] as string
  const { at, auditId: id, eventPositions, position } = toRecord(row)
  const text = canonicalRecord(kept, eventPositions, row["created_micros"] as string)
  return { position, id, text, movement: null, atMillis: at.epochMilliseconds }
}

const eventText = (row: Row): SealedText => {
  const at = row["micros"] as string
  const event = {
    eventId: row["event_id"] as EventId,
    eventType: row["event_type"] as string,
    aggregateId: row["aggregate_id"] as string,
    version: row["version"] as number,
    commandId: row["command_id"] as CommandId,
    correlationId: row["correlation_id"] as string | null,
    traceparent: row["traceparent"] as string | null,
    payloadJson: row["payload"] as string
  }
  return {
    position: row["position"] as number,
    id: event.eventId,
    text: canonicalEvent(event, { at, opensRun: row["opens_run"] as boolean }),
    movement: row["movement"] as string | null,
    atMillis: Math.floor(Number(at) / 1_000)
  }
}

const toSeal = (row: Row): Seal => ({
  log: row["log"] as SealedLog,
  number: row["number"] as number,
  lastPosition: row["last_position"] as number,
  leaves: readLeaves(row["leaves"] as string),
  previous: row["previous"] as string,
  digest: row["digest"] as string,
  endedAt: DateTime.makeUnsafe(row["ended_at"] as number),
  sealedAt: DateTime.makeUnsafe(row["sealed_at"] as number)
})

const toAnchor = (row: Row): Anchor => ({
  number: row["number"] as number,
  lastPosition: row["last_position"] as number,
  digest: row["digest"] as string
})

const denialOf = ({ sender, ...attempt }: DeniedAttempt): string =>
  keptDenial({ ...attempt, senderDigest: sender?.digest ?? null })

/** How the audit log of a context is kept. */
export interface PgAuditOptions {
  readonly schema: string
  /** Whether its events may be movements of a ledger beside the log. */
  readonly hasLedger: boolean
  /** Whether there is a log of events beside it: there is. */
  readonly hasEvents?: boolean | undefined
  /** The clock of denied attempts, in epoch milliseconds: the database's own when it is null. */
  readonly nowMillis: Effect.Effect<number | null>
}

/** How queries are run, in one round trip each; lists are also read on a replica. */
export interface AuditRuns {
  readonly run: Run
  readonly list: Run
}

type RowsOf = (...queries: ReadonlyArray<Query>) => Effect.Effect<ReadonlyArray<Row>, StoreError>

/** What its records say of what was dropped: the newest of each kind goes furthest. */
const dropsOf = (schema: string, rowsOf: RowsOf): NonNullable<AuditLog["drops"]> => {
  const read = readAudit(schema)
  return Effect.map(
    Effect.forEach([pruneEventsOperation, pruneMonthsOperation], (operation) =>
      rowsOf(read({ operation, limit: 1 }))
    ),
    (found) => recordedDrops(found.flat().map(toRecord))
  )
}

/** Finds records that lack a mark. */
const hiddenIn = (schema: string, rowsOf: RowsOf): NonNullable<AuditLog["hidden"]> => {
  const read = readUnmarked(schema)
  return (log, { after, upTo }) =>
    log === "EVENTS"
      ? Effect.succeed(null)
      : Effect.map(
          rowsOf(read(after, upTo)),
          ([row]) => (row?.["position"] as number | undefined) ?? null
        )
}

/** Makes the audit log of a schema. */
export const makePgAudit = (
  { hasEvents = true, hasLedger, nowMillis, schema }: PgAuditOptions,
  { list, run }: AuditRuns
): AuditLog => {
  const listed = (query: Query) =>
    mayLag(
      Effect.mapBoth(list([query]), {
        onSuccess: ([rows = []]) => rows,
        onFailure: toStoreError
      })
    )
  const rowsOf = (...queries: ReadonlyArray<Query>) =>
    Effect.mapBoth(run(queries), {
      onSuccess: (answers) => answers.at(-1) ?? [],
      onFailure: toStoreError
    })
  const settled = {
    EVENTS: settledHead(schema, run),
    AUDIT: settledHead(schema, run, "audit_positions")
  }
  const read = {
    list: readAudit(schema),
    ofCommands: readAuditOfCommands(schema),
    senders: readSenders(schema),
    horizon: readHorizon(schema),
    ledgerStart: readLedgerStart(schema),
    stray: readStrayMovement(schema),
    anchor: readAnchor(schema),
    seals: readSeals(schema),
    lastSeal: readLastSeal(schema)
  }
  const texts = {
    EVENTS: {
      read: hasLedger ? readSealedMovements(schema) : readSealedEvents(schema),
      toText: eventText
    },
    AUDIT: { read: readAuditRange(schema), toText: recordText }
  }
  const write = {
    records: insertRecords(schema),
    senders: insertSenders(schema),
    seal: insertSeal(schema),
    marks: insertMarks(schema)
  }
  const orError = <A>(effect: Effect.Effect<A, SqlFailure>) => Effect.mapError(effect, toStoreError)
  return {
    list: (query) => Effect.map(listed(read.list(query)), (rows) => rows.map(toRecord)),
    ofCommands: (commandIds) =>
      Effect.map(rowsOf(read.ofCommands(commandIds)), (rows) => rows.map(toRecord)),
    keep: (record) =>
      Effect.flatMap(nowMillis, (now) =>
        Effect.asVoid(rowsOf(write.senders([record]), write.records([record.text], now)))
      ),
    deny: (attempts) =>
      Effect.flatMap(nowMillis, (now) =>
        attempts.length === 0
          ? Effect.void
          : Effect.asVoid(
              rowsOf(write.senders(attempts), write.records(attempts.map(denialOf), now))
            )
      ),
    senders: (auditIds) =>
      Effect.map(rowsOf(read.senders(auditIds)), (rows) =>
        rows.map((row) => ({
          auditId: row["audit_id"] as string,
          salt: row["salt"] as string,
          keyId: row["key_id"] as string,
          ciphertext: row["ciphertext"] as string
        }))
      ),
    texts: (log, { after, limit, upTo }) =>
      Effect.gen(function* () {
        if (log === "EVENTS" && !hasEvents) return []
        const end = upTo ?? (yield* orError(settled[log]))
        const rows = yield* rowsOf(texts[log].read(after, end, limit))
        return rows.map(texts[log].toText)
      }),
    horizon: (log) =>
      Effect.gen(function* () {
        if (log === "AUDIT" || !hasEvents) return { position: 0, movementsFromMillis: null }
        const [row] = yield* rowsOf(read.horizon())
        const [start] = hasLedger ? yield* rowsOf(read.ledgerStart()) : []
        return {
          position: (row?.["horizon"] as number | undefined) ?? 0,
          movementsFromMillis: (start?.["kept_from"] as number | null | undefined) ?? null
        }
      }),
    anchor: (log) =>
      Effect.map(rowsOf(read.anchor(log)), ([row]) => (row === undefined ? null : toAnchor(row))),
    stray: (log) =>
      log === "AUDIT" || !hasLedger
        ? Effect.succeed(null)
        : Effect.map(
            rowsOf(read.stray()),
            ([row]) => (row?.["stray"] as string | undefined) ?? null
          ),
    hidden: hiddenIn(schema, rowsOf),
    ...(hasEvents ? { drops: dropsOf(schema, rowsOf) } : {}),
    lastSeal: (log) =>
      Effect.map(rowsOf(read.lastSeal(log)), ([row]) => (row === undefined ? null : toSeal(row))),
    seals: (log, after, limit) =>
      Effect.map(rowsOf(read.seals(log, after, limit)), (rows) => rows.map(toSeal)),
    seal: (seal) =>
      Effect.gen(function* () {
        const first = seal.leaves[0]?.position ?? seal.lastPosition
        // The marks first: a record that is sealed is looked for among them alone.
        if (seal.log === "AUDIT") yield* rowsOf(write.marks(first, seal.lastPosition))
        const rows = yield* rowsOf(write.seal(seal))
        return rows.length > 0
      })
  }
}
