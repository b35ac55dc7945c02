/** The audit log as a host reads it. No type of Effect is reachable from here. */
import type { ReadOptions } from "../engine/RequestOptions.ts"

/** Which records are read; all conditions hold at once. */
export interface AuditOptions extends ReadOptions {
  /** `inventory` unless given. */
  readonly context?: "inventory" | "catalog" | undefined
  /** The id of who asked. */
  readonly principal?: string | undefined
  /** Such as `ReserveStock`. */
  readonly operation?: string | undefined
  /** Such as `SKU:mug` or `ORDER:order-1`. */
  readonly target?: string | undefined
  readonly from?: Date | string | undefined
  readonly until?: Date | string | undefined
  /** Only records before this position: the `next` of an earlier page. */
  readonly before?: number | undefined
  /** Records on a page, 1 to 1,000: 100. */
  readonly size?: number | undefined
}

/** Who asked for a change, or for what was denied. */
export interface AuditEntry {
  readonly position: number
  readonly auditId: string
  readonly outcome: "DONE" | "DENIED"
  /** The kind `HOST` has no id. */
  readonly principal: { readonly kind: string; readonly id: string }
  readonly actor: string | null
  readonly operation: string
  readonly targets: ReadonlyArray<string>
  readonly commandId: string | null
  readonly correlationId: string | null
  readonly keyDigest: string | null
  readonly senderDigest: string | null
  readonly eventPositions: ReadonlyArray<number>
  readonly reason: string | null
  readonly dropped: number
  readonly at: Date
  readonly sender: { readonly address: string | null; readonly userAgent: string | null } | null
  readonly senderProblem: string | null
}

/** Records, the newest first; `next` is the `before` of the next page, null at the end. */
export interface AuditPage {
  readonly items: ReadonlyArray<AuditEntry>
  readonly next: number | null
}

/** How a log stands to its seals. */
export interface AuditVerdict {
  readonly log: "EVENTS" | "AUDIT"
  readonly seals: number
  /** Records that fit their seals. */
  readonly records: number
  /** The first thing that does not fit; null when everything does. */
  readonly finding: {
    readonly kind: string
    readonly position: number | null
    readonly seal: number | null
    readonly message: string
  } | null
}

/** Who did what, and whether history was edited. */
export interface AuditCalls {
  /** A page of the audit log of a context. */
  readonly list: (options?: AuditOptions) => Promise<AuditPage>
  /** Checks the events, the movements and the records of a context against their seals. */
  readonly verify: (
    options?: Pick<AuditOptions, "context" | "signal">
  ) => Promise<ReadonlyArray<AuditVerdict>>
}
