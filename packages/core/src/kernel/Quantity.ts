/**
 * Counts of units. A quantity is what one request may move, in the SKU's smallest unit; a balance
 * is what a store may hold. Both are whole numbers that JavaScript and PostgreSQL hold exactly.
 */
import * as Schema from "effect/Schema"

/** The most units that one line of one command may name. */
export const quantityMax = 1_000_000_000

/** The most units that a level may hold or promise: 2^53 − 1. */
export const balanceMax = Number.MAX_SAFE_INTEGER

/** A whole number of units, 1 to 1,000,000,000. */
export const Quantity = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: quantityMax })
).annotate({ identifier: "Quantity" })

/** A whole number of units that may be none, 0 to 1,000,000,000. */
export const CountedQuantity = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: quantityMax })
).annotate({ identifier: "CountedQuantity" })

/** A change in units, −1,000,000,000 to 1,000,000,000, never zero. */
export const SignedQuantity = Schema.Int.check(
  Schema.isBetween({ minimum: -quantityMax, maximum: quantityMax }),
  Schema.makeFilter((n: number) => n !== 0 || "must not be zero", {
    title: "not zero",
    toJsonSchema: () => ({ not: { const: 0 } })
  })
).annotate({ identifier: "SignedQuantity" })

/** A balance or version, 0 to 2^53 − 1. */
export const Balance = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: balanceMax })
).annotate({ identifier: "Balance" })

/** Seconds that a hold may live, 1 to 2,678,400 (31 days), which covers a slow bank transfer. */
export const TtlSeconds = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: 2_678_400 })
).annotate({ identifier: "TtlSeconds" })

/** Seconds that a hold lives by default: 900. */
export const ttlSecondsDefault = 900

/** A weight or volume: 0 to 9,999,999.999 with at most three decimals. */
export const Measure = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 9_999_999.999 }),
  Schema.makeFilter(
    (n: number) => Number(n.toFixed(3)) === n || "must have at most three decimals",
    { title: "three decimals", toJsonSchema: () => ({ multipleOf: 0.001 }) }
  )
).annotate({ identifier: "Measure" })
