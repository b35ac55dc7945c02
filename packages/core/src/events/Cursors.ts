/**
 * PORT. Named positions in the log of a context. Each cursor has one owner at a time, by a lease on
 * the store's clock. Every taking begins a new epoch, and only the owner of the newest epoch moves
 * the cursor: an owner that slept through its lease cannot.
 */
import * as Data from "effect/Data"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { EventId } from "../kernel/Identifier.ts"
import type { ManagementRecord } from "../kernel/ManagementRecord.ts"
import type { StoreError } from "../kernel/StoreError.ts"
import type { CursorMove } from "./CursorMove.ts"
import type { PositionGone } from "./PositionGone.ts"

/** What moves a cursor. A name belongs to one kind for good, so that two uses never share it. */
export type CursorKind = "PUBLISHER" | "SUBSCRIPTION" | "WEBHOOK"

/**
 * How a cursor stands to its log. LOST: events were dropped that it had not passed. RESTORED: the
 * log was restored to an earlier state. A person has to act on both before it moves again.
 */
export type CursorStanding = "FOLLOWS" | "LOST" | "RESTORED"

/** What a record of the audit log is about that concerns a cursor. */
export const targetOfCursor = (name: string): string => `CURSOR:${name}`

/** Where a cursor stands, for lists. */
export interface Cursor {
  readonly name: string
  readonly kind: CursorKind
  /** The last position that was handled; 0 before the first event. */
  readonly position: number
  readonly epoch: number
  /** Who has it; null when nobody does, or when its lease has run out. */
  readonly owner: string | null
  readonly standing: CursorStanding
  readonly updatedAt: DateTime.Utc
}

/** The right to move a cursor, until its time is over. */
export interface Lease {
  readonly name: string
  readonly epoch: number
  /** Where the cursor stands at least, as its owner knows: it is not moved from before that. */
  readonly position: number
  /** The event there, when the cursor was taken; null when it stood before the first event. */
  readonly eventId: EventId | null
}

/** How a cursor is taken. */
export interface TakeOptions {
  readonly kind: CursorKind
  /** Who takes it, for people: a process and its host, say. */
  readonly owner: string
  readonly leaseMillis: number
  /**
   * Where a cursor begins that is not there yet: at the first event, or after the last. Null when it
   * is not to be made, because somebody may have removed it.
   */
  readonly from: "FIRST" | "LAST" | null
}

/** An event that was left out, because its destination can never take it. */
export interface DeadLetter {
  readonly position: number
  readonly eventId: EventId
  /** Why, in words. */
  readonly cause: string
}

/** A dead letter as it is kept. */
export interface KeptDeadLetter extends DeadLetter {
  /** Its number, in the order in which letters are kept. */
  readonly id: number
  readonly createdAt: DateTime.Utc
}

/** How far a cursor moves, and what it leaves behind. */
export interface Advance {
  readonly position: number
  /** The event at that position: the witness by which a restored log is noticed. */
  readonly eventId: EventId
  readonly deadLetters: ReadonlyArray<DeadLetter>
}

/** A cursor of this name moves for something else. */
export class CursorKindMismatch extends Data.TaggedError("CursorKindMismatch")<{
  readonly cursor: string
  readonly kind: CursorKind
  readonly wanted: CursorKind
}> {
  override get message(): string {
    return (
      `the cursor ${this.cursor} belongs to a ${this.kind.toLowerCase()} and cannot be used as a ` +
      `${this.wanted.toLowerCase()}; choose another name`
    )
  }
}

/**
 * The log is not the one that the cursor followed: the database was restored to an earlier state,
 * and positions have been used again, or will be. `position` is how far the cursor had come.
 */
export class LogRestored extends Data.TaggedError("LogRestored")<{
  readonly cursor: string
  readonly position: number
  readonly head: number
}> {
  override get message(): string {
    return (
      `the log was restored to an earlier state: the cursor ${this.cursor} had reached position ` +
      `${this.position}, where the log, whose head is ${this.head}, has another event or none. ` +
      `Nothing more is moved. Compare what was handled with what the log has now. Then adopt the ` +
      `log, and the cursor goes on from where it has it (holdfast events adopt ${this.cursor}); ` +
      `or reset the cursor to another position (holdfast events reset ${this.cursor} --to <position>)`
    )
  }
}

/** Nobody has used a cursor of this name. */
export class CursorUnknown extends Data.TaggedError("CursorUnknown")<{
  readonly cursor: string
}> {
  override get message(): string {
    return `there is no cursor ${this.cursor}`
  }
}

/** A cursor cannot be set to a position that the log has not reached. */
export class PositionBeyondHead extends Data.TaggedError("PositionBeyondHead")<{
  readonly cursor: string
  readonly position: number
  readonly head: number
}> {
  override get message(): string {
    return (
      `the cursor ${this.cursor} cannot stand at position ${this.position}: the log ends at ` +
      `${this.head}`
    )
  }
}

/** A log that was adopted: the number of its incarnation, and where the cursor goes on. */
export interface Adopted {
  readonly incarnation: number
  readonly position: number
}

/** Where a handler is that moves its cursor itself. */
export interface Delivery {
  /** The right to move the cursor. */
  readonly lease: Lease
  /** The last event of the page, whether it was wanted or not: where the cursor goes. */
  readonly upTo: { readonly position: number; readonly eventId: EventId }
}

/**
 * The cursors of one log. A record that comes with a change is written in the transaction of the change,
 * and not at all when nothing is changed.
 */
export interface Cursors {
  /**
   * Takes a cursor for `leaseMillis`, and makes it when it is not there and has a `from`. Null while
   * another lease of it runs, and when it is neither there nor made.
   */
  readonly take: (
    name: string,
    options: TakeOptions
  ) => Effect.Effect<Lease | null, StoreError | CursorKindMismatch | LogRestored | PositionGone>
  /** Lengthens a lease, from now; false when another has taken the cursor. */
  readonly renew: (lease: Lease, leaseMillis: number) => Effect.Effect<boolean, StoreError>
  /**
   * Moves the cursor and keeps its dead letters, in one transaction; false, and nothing is kept,
   * when another has taken the cursor, or when it stands before where the lease says. A cursor never
   * moves back.
   */
  readonly advance: (lease: Lease, to: Advance) => Effect.Effect<boolean, StoreError>
  /** Gives the cursor back, so that another may take it at once. */
  readonly release: (lease: Lease) => Effect.Effect<void, StoreError>
  /**
   * Notes that the cursor had reached a position where the log has another event or none, and
   * ends the lease: nobody takes the cursor before a person adopts the log or resets the cursor. False,
   * and nothing is noted, when another has taken the cursor.
   */
  readonly suspend: (lease: Lease, position: number) => Effect.Effect<boolean, StoreError>
  /**
   * Accepts the log as it is, after a restore: begins a new incarnation of it, and lets the cursor
   * go on from where the log has it, or from its end when that comes first. Answers with both.
   */
  readonly adopt: (
    name: string,
    record?: ManagementRecord
  ) => Effect.Effect<Adopted, StoreError | CursorUnknown>
  /** Sets a cursor to a position and ends its owner's lease: the next event it gives comes after. */
  readonly reset: (
    name: string,
    position: number,
    record?: ManagementRecord
  ) => Effect.Effect<void, StoreError | CursorUnknown | PositionBeyondHead | PositionGone>
  /**
   * Removes a cursor and its dead letters, and answers how many letters there were. The next lease
   * under its name makes a new cursor; an owner that still runs takes that lease at once.
   */
  readonly forget: (
    name: string,
    record?: ManagementRecord
  ) => Effect.Effect<{ readonly deadLetters: number }, StoreError | CursorUnknown>
  /** The move of a cursor in a transaction of the host; undefined where the store has none. */
  readonly moveFor?: ((delivery: Delivery) => CursorMove) | undefined
  /** All cursors, by name. */
  readonly list: Effect.Effect<ReadonlyArray<Cursor>, StoreError>
  /** The dead letters of a cursor in the order of their ids, after one, at most `limit`. */
  readonly deadLetters: (query: {
    readonly cursor: string
    readonly after: number
    readonly limit: number
  }) => Effect.Effect<ReadonlyArray<KeptDeadLetter>, StoreError>
  /** Forgets dead letters, because their events were published after all or are not wanted. */
  readonly forgetDeadLetters: (
    cursor: string,
    ids: ReadonlyArray<number>,
    record?: ManagementRecord
  ) => Effect.Effect<void, StoreError>
}
