/** The audit log of a context in memory: the executable specification of its port. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { AuditLog, AuditQuery, DeniedAttempt, KeptSender } from "../../audit/AuditLog.ts"
import {
  type AuditDraft,
  type AuditRecord,
  canonicalRecord,
  keptDenial,
  keptRecord,
  readKeptRecord,
  type SealedSender
} from "../../audit/AuditRecord.ts"
import { canonicalEvent } from "../../audit/canonicalEvent.ts"
import type { Seal, SealedLog, SealedText } from "../../audit/Seal.ts"
import type { AnyEvent } from "../../events/EventLog.ts"
import type { ManagementRecord } from "../../kernel/ManagementRecord.ts"

const isAsked =
  (query: AuditQuery) =>
  ({ at, operation, position, principal, targets }: AuditRecord): boolean =>
    (query.principal === undefined || principal.id === query.principal) &&
    (query.operation === undefined || operation === query.operation) &&
    (query.target === undefined || targets.includes(query.target)) &&
    (query.from === undefined || at.epochMilliseconds >= query.from.epochMilliseconds) &&
    (query.until === undefined || at.epochMilliseconds <= query.until.epochMilliseconds) &&
    (query.before === undefined || position < query.before)

const eventText = (event: AnyEvent): string =>
  canonicalEvent(
    { ...event, payloadJson: JSON.stringify(event.payload) },
    { at: DateTime.formatIso(event.timestamp), opensRun: null }
  )

/** Makes the audit log beside the events of a store, of which the last were just appended. */
export const makeMemoryAudit = (
  events: ReadonlyArray<AnyEvent>,
  currentMillis: Effect.Effect<number>
) => {
  const records: Array<AuditRecord> = []
  const kept: Array<string> = []
  const keep = (text: string, eventPositions: ReadonlyArray<number>, at: DateTime.Utc) => {
    kept.push(text)
    records.push(readKeptRecord(text, { position: records.length + 1, eventPositions, at }))
  }
  const senders = new Map<string, KeptSender>()
  const sealed = new Map<SealedLog, Array<Seal>>([
    ["EVENTS", []],
    ["AUDIT", []]
  ])
  const keepSender = (auditId: string, sender: SealedSender | null) => {
    if (sender === null) return
    const { digest: _, ...encrypted } = sender
    senders.set(auditId, { auditId, ...encrypted })
  }
  const sealsOf = (log: SealedLog) => sealed.get(log) ?? []
  const allTexts = (log: SealedLog): ReadonlyArray<SealedText> =>
    log === "EVENTS"
      ? events.map((event, index) => ({
          position: index + 1,
          id: event.eventId,
          text: eventText(event),
          movement: null,
          atMillis: event.timestamp.epochMilliseconds
        }))
      : records.map(({ at, auditId, eventPositions, position }, index) => ({
          position,
          id: auditId,
          text: canonicalRecord(kept[index] ?? "", eventPositions, DateTime.formatIso(at)),
          movement: null,
          atMillis: at.epochMilliseconds
        }))
  const deny = ({ sender, ...attempt }: DeniedAttempt, now: number) => {
    const text = keptDenial({ ...attempt, senderDigest: sender?.digest ?? null })
    keep(text, [], DateTime.makeUnsafe(now))
    keepSender(attempt.auditId, sender)
  }
  const keepManaged = ({ auditId, sender, text }: ManagementRecord, now: number) => {
    keep(text, [], DateTime.makeUnsafe(now))
    keepSender(auditId, sender)
  }
  const keepNow = (record: ManagementRecord | undefined) =>
    record === undefined
      ? Effect.void
      : Effect.map(currentMillis, (now) => keepManaged(record, now))
  const audit: AuditLog = {
    list: (query) =>
      Effect.sync(() => records.filter(isAsked(query)).reverse().slice(0, query.limit)),
    ofCommands: (commandIds) =>
      Effect.sync(() =>
        records.filter(({ commandId }) => commandId !== null && commandIds.includes(commandId))
      ),
    keep: keepNow,
    deny: (attempts) =>
      Effect.map(currentMillis, (now) => {
        for (const attempt of attempts) deny(attempt, now)
      }),
    senders: (auditIds) => Effect.sync(() => auditIds.flatMap((id) => senders.get(id) ?? [])),
    texts: (log, { after, limit, upTo = Number.POSITIVE_INFINITY }) =>
      Effect.sync(() =>
        allTexts(log)
          .filter(({ position }) => position > after && position <= upTo)
          .slice(0, limit)
      ),
    horizon: () => Effect.succeed({ position: 0, movementsFromMillis: null }),
    anchor: () => Effect.succeed(null),
    stray: () => Effect.succeed(null),
    lastSeal: (log) => Effect.sync(() => sealsOf(log).at(-1) ?? null),
    seals: (log, after, limit) => Effect.sync(() => sealsOf(log).slice(after, after + limit)),
    seal: (seal) =>
      Effect.sync(() => {
        const seals = sealsOf(seal.log)
        if (seal.number !== seals.length + 1) return false
        seals.push(seal)
        return true
      })
  }
  let known = events.length
  /** Keeps the records of a batch whose events were just appended; of some of its commands there are none. */
  const record = (drafts: ReadonlyArray<AuditDraft>, at: DateTime.Utc): void => {
    const positions = new Map<string, Array<number>>(
      drafts.map(({ commandId }) => [commandId, []] as const)
    )
    for (; known < events.length; known++) {
      positions.get(events[known]?.commandId ?? "")?.push(known + 1)
    }
    for (const draft of drafts) {
      keep(keptRecord(draft), positions.get(draft.commandId) ?? [], at)
      keepSender(draft.auditId, draft.sender)
    }
  }
  return { audit, record, keepNow }
}
