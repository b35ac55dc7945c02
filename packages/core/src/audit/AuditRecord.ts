/**
 * What the audit log keeps of one change, or of one attempt that was denied: who, what, on what and
 * when. Where the request came from is kept apart and encrypted; the record has its digest, so that it
 * may be erased and the record still holds. Ids of orders, references and actors are pseudonyms.
 */
import * as Schema from "effect/Schema"
import { Timestamp } from "../kernel/Instant.ts"

/** DONE: the change was committed. DENIED: it was not allowed, and nothing changed. */
export const AuditOutcome = Schema.Literals(["DONE", "DENIED"]).annotate({
  identifier: "AuditOutcome"
})
export type AuditOutcome = typeof AuditOutcome.Type

/** Who asked. The kind HOST has no id: the host of the engine, without a principal. */
export interface AuditPrincipal {
  readonly kind: string
  readonly id: string
}

/** Where a request came from, encrypted, and the digest of `salt ‖ what it says`. */
export interface SealedSender {
  /** Random, in hex. */
  readonly salt: string
  readonly keyId: string
  readonly ciphertext: string
  readonly digest: string
}

/** What is known of a record before it is written. */
export interface AuditDraft {
  readonly auditId: string
  readonly principal: AuditPrincipal
  readonly actor: string | null
  readonly operation: string
  /** What it was about, as `TYPE:id`, without repeats. */
  readonly targets: ReadonlyArray<string>
  readonly commandId: string
  readonly correlationId: string | null
  /** The SHA-256 of the idempotency key and its caller, in hex. */
  readonly keyDigest: string | null
  readonly sender: SealedSender | null
}

/** What is known of a record of a change that is no command: of a webhook, a cursor, a key or an import. */
export type ManagementDraft = Omit<AuditDraft, "commandId"> & { readonly commandId: null }

const nullable = <S extends Schema.Top>(schema: S, description: string) =>
  Schema.NullOr(schema).annotate({ description })

/** A record as it is read. */
export const AuditRecord = Schema.Struct({
  position: Schema.Int.annotate({ description: "Its place in the audit log of its context" }),
  auditId: Schema.String,
  outcome: AuditOutcome,
  principal: Schema.Struct({
    kind: Schema.String.annotate({ description: "USER, SERVICE, ANONYMOUS, or HOST without one" }),
    id: Schema.String.annotate({ description: "Empty for the host" })
  }),
  actor: nullable(Schema.String, "Who acted, as the host names them"),
  operation: Schema.String.annotate({
    description: "The command, such as ReserveStock, or a denied read, such as SkuHistory"
  }),
  targets: Schema.Array(Schema.String).annotate({
    description: "What it was about, such as SKU:mug or ORDER:order-1"
  }),
  commandId: nullable(Schema.String, "The id in the events that it caused"),
  correlationId: nullable(Schema.String, "What the caller sent as X-Correlation-Id"),
  keyDigest: nullable(Schema.String, "The SHA-256 of the idempotency key and its caller"),
  senderDigest: nullable(Schema.String, "The SHA-256 of a salt and where the request came from"),
  eventPositions: Schema.Array(Schema.Int).annotate({
    description: "The places of its events in the log of events"
  }),
  reason: nullable(Schema.String, "Why it was denied"),
  dropped: Schema.Int.annotate({
    description: "How many more denied attempts this record stands for"
  }),
  at: Timestamp
}).annotate({ identifier: "AuditRecord" })
export interface AuditRecord extends Schema.Schema.Type<typeof AuditRecord> {}

/** The fields of a record that a store keeps as one text, beside its place, its events and its instant. */
type KeptFields = Omit<AuditRecord, "position" | "eventPositions" | "at">

const host: AuditPrincipal = { kind: "HOST", id: "" }

const whenMissing = {
  principal: host,
  ...{ outcome: "DONE", actor: null, commandId: null, correlationId: null },
  ...{ keyDigest: null, senderDigest: null, reason: null, dropped: 0 }
} as const

/**
 * A draft as a store keeps it: JSON whose bytes are sealed, without the fields that say nothing. A record
 * without an id of its own has that of its command.
 */
export const keptRecord = (draft: AuditDraft | ManagementDraft): string =>
  JSON.stringify({
    auditId: draft.auditId === draft.commandId ? undefined : draft.auditId,
    principal: draft.principal.kind === host.kind ? undefined : draft.principal,
    operation: draft.operation,
    targets: draft.targets,
    commandId: draft.commandId ?? undefined,
    actor: draft.actor ?? undefined,
    correlationId: draft.correlationId ?? undefined,
    keyDigest: draft.keyDigest ?? undefined,
    senderDigest: draft.sender?.digest
  })

/** An attempt that was denied, as a store keeps it. */
export const keptDenial = (
  fields: Omit<KeptFields, "actor" | "commandId" | "keyDigest" | "outcome">
): string =>
  JSON.stringify({
    auditId: fields.auditId,
    outcome: "DENIED",
    principal: fields.principal,
    operation: fields.operation,
    targets: fields.targets,
    reason: fields.reason,
    dropped: fields.dropped,
    correlationId: fields.correlationId ?? undefined,
    senderDigest: fields.senderDigest ?? undefined
  })

/** Reads what a store kept of a record. */
export const readKeptRecord = (
  text: string,
  kept: Pick<AuditRecord, "position" | "eventPositions" | "at">
): AuditRecord => {
  const read = JSON.parse(text) as KeptFields
  const auditId = read.auditId ?? read.commandId ?? ""
  return { ...whenMissing, ...read, auditId, ...kept }
}

/** The text of a record that is sealed: what a store keeps of it, its events, and its instant. */
export const canonicalRecord = (
  kept: string,
  eventPositions: ReadonlyArray<number>,
  at: string
): string => JSON.stringify([kept, eventPositions, at])

/** The operation of the record that events were dropped with. */
export const pruneEventsOperation = "PruneEvents"

/** The operation of the record that months of a table were dropped with. */
export const pruneMonthsOperation = "PruneMonths"

/** Up to where records say that history was dropped; null where none says so. */
export interface RecordedDrops {
  /** The last position of the log of events. */
  readonly position: number | null
  /** The instant before which there are no movements, in epoch milliseconds. */
  readonly movementsMillis: number | null
}

/** What a record of dropped events is about. */
export const targetsOfEvents = (position: number): ReadonlyArray<string> => [
  "LOG:EVENTS",
  `POSITION:${position}`
]

/** What a record of dropped months is about. */
export const targetsOfMonths = (table: string, from: Date): ReadonlyArray<string> => [
  `TABLE:${table}`,
  `FROM:${from.toISOString()}`
]

type Said = Pick<AuditRecord, "operation" | "outcome" | "targets">

const valuesOf = (records: ReadonlyArray<Said>, operation: string, word: string) =>
  records
    .filter((record) => record.outcome === "DONE" && record.operation === operation)
    .flatMap(({ targets }) => targets.filter((target) => target.startsWith(word)))
    .map((target) => target.slice(word.length))

const most = (values: ReadonlyArray<number>): number | null => {
  const known = values.filter(Number.isFinite)
  return known.length === 0 ? null : Math.max(...known)
}

/** What records say; others among them say nothing. */
export const recordedDrops = (records: ReadonlyArray<Said>): RecordedDrops => ({
  position: most(valuesOf(records, pruneEventsOperation, "POSITION:").map(Number)),
  movementsMillis: most(valuesOf(records, pruneMonthsOperation, "FROM:").map(Date.parse))
})
