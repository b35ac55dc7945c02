/** The receipts of an in-memory store: the specification of how long a key is kept. */
import type * as DateTime from "effect/DateTime"
import { keptMillis, nameOfKey, type Receipt } from "../../kernel/Receipt.ts"

type Key = Pick<Receipt, "caller" | "key">

/** Receipts, each until 24 hours after it was made. */
export class KeptAnswers {
  private readonly rows = new Map<string, Receipt & { readonly committedAt: DateTime.Utc }>()

  /** The receipts of these keys that are still kept. */
  of(keys: ReadonlyArray<Key>, now: DateTime.Utc): ReadonlyArray<Receipt> {
    return keys.flatMap((key) => {
      const row = this.rows.get(nameOfKey(key))
      if (row === undefined) return []
      const { committedAt, ...receipt } = row
      const oldestMillis = now.epochMilliseconds - keptMillis
      return committedAt.epochMilliseconds <= oldestMillis ? [] : [receipt]
    })
  }

  /** Keeps the answers of a batch. */
  keep(receipts: ReadonlyArray<Receipt>, now: DateTime.Utc): void {
    for (const receipt of receipts) {
      this.rows.set(nameOfKey(receipt), { ...receipt, committedAt: now })
    }
  }
}
