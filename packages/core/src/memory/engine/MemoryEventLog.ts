/** The log of a context in memory, with its cursors and webhooks: the executable specification of the ports. */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { AuditDraft } from "../../audit/AuditRecord.ts"
import {
  type Cursor,
  type CursorKind,
  CursorKindMismatch,
  type Cursors,
  CursorUnknown,
  type KeptDeadLetter,
  LogRestored,
  PositionBeyondHead
} from "../../events/Cursors.ts"
import type { AnyEvent, EventLog, KeptEvent, ReadLog } from "../../events/EventLog.ts"
import { LogWatchers } from "../../events/LogWatchers.ts"
import type { EventId } from "../../kernel/Identifier.ts"
import { makeMemoryAudit } from "./memoryAudit.ts"
import { type KeepRecord, makeMemoryWebhooks } from "./memoryWebhooks.ts"

interface CursorRow {
  readonly kind: CursorKind
  position: number
  /** The event at the position, unless the cursor was set there. */
  eventId: EventId | null
  epoch: number
  owner: string | null
  leaseUntil: number
  updatedAt: number
  /** How far it had come before the log was restored; null when it was not. */
  reachedBefore: number | null
}

/** How often a log was adopted. */
interface Incarnations {
  current: number
}

const keptOf = (event: AnyEvent, position: number): KeptEvent => {
  const { payload, ...envelope } = event
  return { ...envelope, position, payloadJson: JSON.stringify(payload) }
}

/** What `EventLog.skim` keeps of a page, when nothing of some types is kept but of some aggregates. */
const skimmed = (
  page: ReadonlyArray<KeptEvent>,
  types: ReadonlyArray<string> = [],
  exceptOf: ReadonlyArray<string> | null = null
): ReadonlyArray<KeptEvent> => {
  const aboutOf = ({ aggregateId, eventType }: KeptEvent) => `${eventType} ${aggregateId}`
  const newest = new Map(page.map((event) => [aboutOf(event), event.position]))
  const isWanted = ({ aggregateId, eventType }: KeptEvent) =>
    exceptOf === null || !types.includes(eventType) || exceptOf.includes(aggregateId)
  const isKept = (event: KeptEvent) =>
    newest.get(aboutOf(event)) === event.position && isWanted(event)
  return page
    .filter((event, index) => index === 0 || index === page.length - 1 || isKept(event))
    .map((event) => ({ ...event, payloadJson: "null" }))
}

const isRestored = (
  events: ReadonlyArray<AnyEvent>,
  { eventId, position, reachedBefore }: CursorRow
): boolean =>
  reachedBefore !== null ||
  position > events.length ||
  (eventId !== null && events[position - 1]?.eventId !== eventId)

const eventIdAt = (events: ReadonlyArray<AnyEvent>, position: number) =>
  events[position - 1]?.eventId ?? null

/** Puts a cursor at a position, and ends its lease. */
const placed = (events: ReadonlyArray<AnyEvent>, row: CursorRow, position: number, now: number) =>
  Object.assign(row, {
    position,
    eventId: eventIdAt(events, position),
    reachedBefore: null,
    epoch: row.epoch + 1,
    owner: null,
    updatedAt: now
  })

const newRow = (
  events: ReadonlyArray<AnyEvent>,
  kind: CursorKind,
  position: number,
  now: number
): CursorRow => ({
  kind,
  position,
  eventId: eventIdAt(events, position),
  reachedBefore: null,
  epoch: 0,
  owner: null,
  leaseUntil: now,
  updatedAt: now
})

const makeMemoryCursors = (
  events: ReadonlyArray<AnyEvent>,
  currentMillis: Effect.Effect<number>,
  rows: Map<string, CursorRow>,
  incarnations: Incarnations,
  keepRecord: KeepRecord
): Cursors => {
  const letters = new Map<number, KeptDeadLetter & { readonly cursor: string }>()
  let lettersMade = 0
  const owned = (name: string, epoch: number): CursorRow | undefined => {
    const row = rows.get(name)
    return row?.epoch === epoch && row.owner !== null ? row : undefined
  }
  return {
    take: (name, { from, kind, leaseMillis, owner }) =>
      Effect.flatMap(currentMillis, (now) =>
        Effect.suspend((): ReturnType<Cursors["take"]> => {
          const head = events.length
          if (from === null && !rows.has(name)) return Effect.succeed(null)
          const row = rows.get(name) ?? newRow(events, kind, from === "FIRST" ? 0 : head, now)
          if (row.kind !== kind) {
            return Effect.fail(
              new CursorKindMismatch({ cursor: name, kind: row.kind, wanted: kind })
            )
          }
          const { eventId, position, reachedBefore } = row
          if (isRestored(events, row)) {
            const reached = reachedBefore ?? position
            return Effect.fail(new LogRestored({ cursor: name, position: reached, head }))
          }
          if (row.owner !== null && row.leaseUntil > now) return Effect.succeed(null)
          Object.assign(row, { owner, epoch: row.epoch + 1, leaseUntil: now + leaseMillis })
          rows.set(name, row)
          return Effect.succeed({ name, epoch: row.epoch, position, eventId })
        })
      ),
    renew: ({ epoch, name }, leaseMillis) =>
      Effect.map(currentMillis, (now) => {
        const row = owned(name, epoch)
        if (row !== undefined) row.leaseUntil = now + leaseMillis
        return row !== undefined
      }),
    advance: (lease, { deadLetters, eventId, position }) =>
      Effect.map(currentMillis, (now) => {
        const { epoch, name } = lease
        const row = owned(name, epoch)
        if (row === undefined || row.position < lease.position) return false
        if (position >= row.position) Object.assign(row, { position, eventId, updatedAt: now })
        const createdAt = DateTime.makeUnsafe(now)
        for (const letter of deadLetters) {
          letters.set(++lettersMade, { ...letter, id: lettersMade, cursor: name, createdAt })
        }
        return true
      }),
    release: ({ epoch, name }) =>
      Effect.sync(() => {
        const row = owned(name, epoch)
        if (row !== undefined) row.owner = null
      }),
    suspend: ({ epoch, name }, position) =>
      Effect.sync(() => {
        const row = owned(name, epoch)
        if (row !== undefined) Object.assign(row, { reachedBefore: position, owner: null })
        return row !== undefined
      }),
    adopt: (name, record) =>
      Effect.flatMap(currentMillis, (now) =>
        Effect.suspend((): ReturnType<Cursors["adopt"]> => {
          const row = rows.get(name)
          if (row === undefined) return Effect.fail(new CursorUnknown({ cursor: name }))
          const position = Math.min(row.position, events.length)
          const incarnation = ++incarnations.current
          placed(events, row, position, now)
          return Effect.as(keepRecord(record), { incarnation, position })
        })
      ),
    reset: (name, position, record) =>
      Effect.flatMap(currentMillis, (now) =>
        Effect.suspend((): Effect.Effect<void, CursorUnknown | PositionBeyondHead> => {
          const row = rows.get(name)
          if (row === undefined) return Effect.fail(new CursorUnknown({ cursor: name }))
          const head = events.length
          if (position > head) {
            return Effect.fail(new PositionBeyondHead({ cursor: name, position, head }))
          }
          placed(events, row, position, now)
          return keepRecord(record)
        })
      ),
    forget: (name, record) =>
      Effect.suspend(() => {
        if (!rows.delete(name)) return Effect.fail(new CursorUnknown({ cursor: name }))
        const own = [...letters.values()].filter(({ cursor }) => cursor === name)
        for (const { id } of own) letters.delete(id)
        return Effect.as(keepRecord(record), { deadLetters: own.length })
      }),
    list: Effect.map(currentMillis, (now) =>
      [...rows]
        .map(([name, row]): Cursor => {
          const { epoch, kind, leaseUntil, position } = row
          const owner = leaseUntil > now ? row.owner : null
          const standing = isRestored(events, row) ? "RESTORED" : "FOLLOWS"
          const updatedAt = DateTime.makeUnsafe(row.updatedAt)
          return { name, kind, position, epoch, owner, standing, updatedAt }
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    ),
    deadLetters: ({ after, cursor, limit }) =>
      Effect.sync(() =>
        [...letters.values()]
          .filter((letter) => letter.id > after && letter.cursor === cursor)
          .slice(0, limit)
          .map(({ cursor: _, ...letter }) => letter)
      ),
    forgetDeadLetters: (cursor, ids, record) =>
      Effect.suspend(() => {
        const own = ids.filter((id) => letters.get(id)?.cursor === cursor)
        for (const id of own) letters.delete(id)
        return own.length === 0 ? Effect.void : keepRecord(record)
      })
  }
}

/** Says that a batch was appended, with its records of the audit log, if it has any, and its instant. */
export type Appended = (audit?: ReadonlyArray<AuditDraft>, now?: DateTime.Utc) => void

/**
 * The log over the events of a store, a way to read them, and a way to say that some were added. Leases go by the
 * clock of their callers, unless one is given.
 */
export const makeMemoryEventLog = <Event extends AnyEvent>(
  context: string,
  events: ReadonlyArray<Event>,
  clock?: Clock.Clock
) => {
  const currentMillis =
    clock === undefined
      ? Clock.currentTimeMillis
      : Effect.sync(() => clock.currentTimeMillisUnsafe())
  const watchers = new LogWatchers()
  const rows = new Map<string, CursorRow>()
  const incarnations: Incarnations = { current: 1 }
  const { audit, keepNow, record } = makeMemoryAudit(events, currentMillis)
  /** An event as it is read from the log. */
  const inIncarnation = (event: Event): Event => ({ ...event, incarnation: incarnations.current })
  const read: ReadLog<Event> = (after, limit) =>
    Effect.sync(() =>
      events
        .slice(after, after + limit)
        .map((event, index) => ({ position: after + index + 1, event: inIncarnation(event) }))
    )
  const readKept: EventLog["read"] = (after, limit) =>
    Effect.map(read(after, limit), (page) =>
      page.map(({ event, position }) => keptOf(event, position))
    )
  const log: EventLog = {
    context,
    read: readKept,
    skim: (after, limit, leftOut) =>
      Effect.flatMap(readKept(after, limit), (page) =>
        leftOut === undefined
          ? Effect.succeed(skimmed(page))
          : Effect.map(leftOut.exceptOf, (ids) => skimmed(page, leftOut.types, ids))
      ),
    head: Effect.sync(() => events.length),
    watch: watchers.watch,
    cursors: makeMemoryCursors(events, currentMillis, rows, incarnations, keepNow),
    database: Effect.succeed(crypto.randomUUID()),
    webhooks: makeMemoryWebhooks((name) => rows.delete(name), keepNow),
    audit
  }
  const appended: Appended = (drafts = [], now = DateTime.makeUnsafe(0)) => {
    record(drafts, now)
    watchers.wake()
  }
  return { log, read, inIncarnation, appended }
}
