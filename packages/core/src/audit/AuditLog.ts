/**
 * PORT. The audit log of one context. Records of changes are written by its store, in the transaction
 * of the change. Here they are read, denied attempts are written, and all of it is sealed.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { ManagementRecord } from "../kernel/ManagementRecord.ts"
import type { StoreError } from "../kernel/StoreError.ts"
import type { AuditPrincipal, AuditRecord, RecordedDrops, SealedSender } from "./AuditRecord.ts"
import type { Seal, SealedLog, SealedText } from "./Seal.ts"

/** Which records are asked for, the newest first. */
export interface AuditQuery {
  readonly principal?: string | undefined
  readonly operation?: string | undefined
  /** As `TYPE:id`. */
  readonly target?: string | undefined
  readonly from?: DateTime.Utc | undefined
  readonly until?: DateTime.Utc | undefined
  /** Only records before this position. */
  readonly before?: number | undefined
  readonly limit: number
}

/** An attempt that was denied. */
export interface DeniedAttempt {
  readonly auditId: string
  readonly principal: AuditPrincipal
  readonly operation: string
  readonly targets: ReadonlyArray<string>
  readonly correlationId: string | null
  readonly reason: string
  /** How many attempts before it were dropped, because there were too many in a minute. */
  readonly dropped: number
  readonly sender: SealedSender | null
}

/** Where a request came from, as it is kept. */
export interface KeptSender extends Omit<SealedSender, "digest"> {
  readonly auditId: string
}

/** From where on a log is kept. */
export interface Horizon {
  /** The last position that was dropped; 0 when none was. */
  readonly position: number
  /** From when on every movement is kept, in epoch milliseconds; null when none was dropped. */
  readonly movementsFromMillis: number | null
}

/** The last seal of what was dropped of a log: the chain goes on from it. */
export type Anchor = Pick<Seal, "digest" | "lastPosition" | "number">

/** The audit log of a context, and the seals over it and over the log of events. */
export interface AuditLog {
  /** Records, the newest first. */
  readonly list: (query: AuditQuery) => Effect.Effect<ReadonlyArray<AuditRecord>, StoreError>
  /** The records of commands, in no order; of some there may be none. */
  readonly ofCommands: (
    commandIds: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<AuditRecord>, StoreError>
  /** Writes the record of something that is about to be done outside of the store. */
  readonly keep: (record: ManagementRecord) => Effect.Effect<void, StoreError>
  /** Writes attempts that were denied. */
  readonly deny: (attempts: ReadonlyArray<DeniedAttempt>) => Effect.Effect<void, StoreError>
  /** Where requests came from; of some records nothing is kept, or not any more. */
  readonly senders: (
    auditIds: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<KeptSender>, StoreError>
  /**
   * What there is to seal of a log after a position, in order, as texts: only what is certain, which
   * means that nothing can appear before it any more. `upTo` ends it at a position.
   */
  readonly texts: (
    log: SealedLog,
    range: { readonly after: number; readonly upTo?: number | undefined; readonly limit: number }
  ) => Effect.Effect<ReadonlyArray<SealedText>, StoreError>
  /** From where on a log is kept, when what is old was dropped. */
  readonly horizon: (log: SealedLog) => Effect.Effect<Horizon, StoreError>
  /** Behind which seal records and seals of a log were dropped; null when none were. */
  readonly anchor: (log: SealedLog) => Effect.Effect<Anchor | null, StoreError>
  /** A row that stands beside the log without a record of it, in words; null when there is none. */
  readonly stray: (log: SealedLog) => Effect.Effect<string | null, StoreError>
  /**
   * The first record between two positions that no question would find by its principal, operation, target or
   * command; null when all are found. Only a store that keeps such marks beside its records has it.
   */
  readonly hidden?: (
    log: SealedLog,
    range: { readonly after: number; readonly upTo: number }
  ) => Effect.Effect<number | null, StoreError>
  /** Up to where its records say that history was dropped. Only a store that drops any has it. */
  readonly drops?: Effect.Effect<RecordedDrops, StoreError>
  /** The last seal of a log; null when there is none. */
  readonly lastSeal: (log: SealedLog) => Effect.Effect<Seal | null, StoreError>
  /** Seals of a log after a number, in order. */
  readonly seals: (
    log: SealedLog,
    after: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<Seal>, StoreError>
  /**
   * Keeps a seal, and makes what it covers quick to find by its targets. False when there is a seal of
   * its number: somebody else was quicker.
   */
  readonly seal: (seal: Seal) => Effect.Effect<boolean, StoreError>
}

/** The audit log of the keys of services, which belong to no context. It has no events beside it. */
export class AccessAudit extends Context.Service<AccessAudit, AuditLog>()(
  "@holdfast/core/audit/AccessAudit"
) {}
