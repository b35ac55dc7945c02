/**
 * A SKU: the thing that is counted, and the policy under which its stock may be promised.
 * A SKU is archived, never deleted, and not while stock or open holds exist.
 */
import * as Schema from "effect/Schema"
import { SkuId } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { balanceMax, CountedQuantity, Measure } from "../../kernel/Quantity.ts"
import { label, printable, text } from "../../kernel/Text.ts"

/** The SKU's own code, as printed on it: unique, 1–100 printable NFC code points. */
export const SkuCode = printable(1, 100).annotate({ identifier: "SkuCode" })

/** A name for people, one line of 1–255 code points. */
export const SkuName = label(1, 255)

/** A text about the SKU, at most 10,000 code points; line breaks are allowed. */
export const SkuDescription = text(0, 10_000)

/**
 * A SKU. `weight` is in kilograms and `volume` in litres, three decimals each.
 * Policy, in units: `backorderLimit` may be promised beyond stock, `safetyStock` is never
 * promised, `lowStockThreshold` is where a warning is raised.
 */
export const Sku = Schema.Struct({
  id: SkuId,
  code: Schema.String,
  name: Schema.String,
  description: Schema.NullOr(Schema.String),
  weight: Schema.NullOr(Measure),
  volume: Schema.NullOr(Measure),
  backorderLimit: CountedQuantity,
  safetyStock: CountedQuantity,
  lowStockThreshold: Schema.NullOr(CountedQuantity),
  createdAt: Timestamp,
  archivedAt: Schema.NullOr(Timestamp)
}).annotate({ identifier: "Sku" })
export interface Sku extends Schema.Schema.Type<typeof Sku> {}

/**
 * The most units of a SKU over all its places. Promises may exceed them by the backorder limit, and
 * JavaScript must hold both numbers exactly.
 */
export const totalMax = ({ backorderLimit }: Pick<Sku, "backorderLimit">): number =>
  balanceMax - backorderLimit
