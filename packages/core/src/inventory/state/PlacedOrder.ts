/**
 * An order whose state Holdfast keeps: one that was placed. Orders that have holds alone have none
 * of this.
 *
 *     placed ─┬─► RESERVED ── pay ──► CONFIRMED ── complete ──► FULFILLED
 *             │      │  └─ pay, too late ─► PAID_LATE    │
 *             │      └────── cancel ──┬─────┴── cancel ──┘
 *             └─► REJECTED            └─► CANCELLED
 *
 * An order that is rejected, paid too late, cancelled or fulfilled has no open and no lost hold. It
 * got there by a decision that is kept, so a repeat gets the same answer.
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { OrderId } from "../../kernel/Identifier.ts"
import { printable } from "../../kernel/Text.ts"
import type { ShortLine } from "./ShortLine.ts"

/** Where a placed order stands in its life. */
export const OrderStatus = Schema.Literals([
  "RESERVED",
  "REJECTED",
  "CONFIRMED",
  "PAID_LATE",
  "CANCELLED",
  "FULFILLED"
]).annotate({ identifier: "OrderStatus" })
export type OrderStatus = typeof OrderStatus.Type

/** Whose order it is, as the host names them: 1–255 printable code points. */
export const OwnerId = printable(1, 255).annotate({ identifier: "OwnerId" })

/** What may be kept about the customer of an order, as JSON in UTF-8: 4,096 bytes. */
export const customerBytesMax = 4_096

/** How deep objects and lists may lie in each other. */
const customerDepthMax = 32

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * Whether a value is read from its JSON as it is; an undefined field counts as left out.
 */
const isJson = (value: unknown, depth: number): boolean => {
  if (value === null || typeof value === "boolean") return true
  if (typeof value === "string") return value.isWellFormed()
  if (typeof value === "number") return Number.isFinite(value)
  if (depth === 0) return false
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth - 1))
  return (
    isFields(value) &&
    Object.entries(value).every(
      ([name, field]) =>
        name.isWellFormed() &&
        name !== "__proto__" &&
        (field === undefined || isJson(field, depth - 1))
    )
  )
}

const bytes = new TextEncoder()

/** The JSON of a value; undefined for a circle and for what has none. */
const jsonOf = (value: CustomerData): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** What is wrong with the data of a customer; no message repeats a part of it. */
const customerMistake = (value: CustomerData): string | undefined => {
  // An object of another kind, such as a Map, has been read as one without fields.
  if (Object.keys(value).length === 0) return "must be an object with at least one field"
  const text = jsonOf(value)
  if (text !== undefined && bytes.encode(text).length > customerBytesMax) {
    return "must be at most 4,096 bytes as JSON"
  }
  return text !== undefined && isJson(value, customerDepthMax)
    ? undefined
    : `must hold JSON alone, at most ${customerDepthMax} levels deep, in well-formed Unicode`
}

/**
 * What a host keeps about the customer of an order, such as a name or an address: an object of JSON of
 * 1 field or more and at most 4,096 bytes. It is kept encrypted, and is in no list, no event and no log.
 */
export const CustomerData = Schema.Record(Schema.String, Schema.Unknown).check(
  Schema.makeFilter((value) => customerMistake(value) ?? true, {
    toJsonSchema: () => ({ minProperties: 1 })
  })
)
export interface CustomerData extends Schema.Schema.Type<typeof CustomerData> {}

/** A placed order. Its lines are its reservations. */
export interface PlacedOrder {
  readonly orderId: OrderId
  /** The dense sequence of its events, from 1. */
  readonly version: number
  readonly status: OrderStatus
  /** Whose order it is, as the host calls him. */
  readonly ownerId: string | null
  /** The lines that were short when it was rejected, or when its payment came too late. */
  readonly short: ReadonlyArray<ShortLine>
  readonly placedAt: DateTime.Utc
  readonly changedAt: DateTime.Utc
}
