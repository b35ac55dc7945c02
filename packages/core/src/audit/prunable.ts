/**
 * How far an audit log may be dropped: what is old, sealed, whole, and in an export that is whole too. The last
 * seal always stays, since the chain goes on from it.
 */
import type * as Digest from "effect/crypto/Digest"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { StoreError } from "../kernel/StoreError.ts"
import type { AuditLog } from "./AuditLog.ts"
import type { SealedLog } from "./Seal.ts"
import { type Finding, type SealedSource, verifyLog } from "./verify.ts"

/** Up to which seal a log may be dropped, or what does not fit, in the log or in the export. */
export type Prunable =
  | { readonly _tag: "UpTo"; readonly log: SealedLog; readonly number: number }
  | {
      readonly _tag: "Broken"
      readonly log: SealedLog
      readonly place: "database" | "export"
      readonly finding: Finding
    }

const pageSize = 32

/** Finds the last seal up to which a log may be dropped; 0 when nothing may. */
export const prunableUpTo = Effect.fnUntraced(function* (
  audit: AuditLog,
  exported: SealedSource,
  log: SealedLog,
  before: DateTime.Utc
): Effect.fn.Return<Prunable, StoreError, Digest.Digest> {
  const places = [["database", audit] as const, ["export", exported] as const]
  for (const [place, source] of places) {
    const { finding } = yield* verifyLog(source, log)
    if (finding !== undefined) return { _tag: "Broken", log, place, finding }
  }
  const last = yield* audit.lastSeal(log)
  // Seals over events are needed as long as one of these events is there.
  const through = log === "AUDIT" ? Number.POSITIVE_INFINITY : (yield* audit.horizon(log)).position
  let number = (yield* audit.anchor(log))?.number ?? 0
  while (true) {
    const own = yield* audit.seals(log, number, pageSize)
    const copies = yield* exported.seals(log, number, pageSize)
    for (const [index, seal] of own.entries()) {
      const isKept =
        seal.number >= (last?.number ?? 0) ||
        seal.endedAt.epochMilliseconds >= before.epochMilliseconds ||
        seal.lastPosition > through ||
        copies[index]?.number !== seal.number ||
        copies[index]?.digest !== seal.digest
      if (isKept) return { _tag: "UpTo", log, number }
      number = seal.number
    }
    if (own.length < pageSize) return { _tag: "UpTo", log, number }
  }
})
