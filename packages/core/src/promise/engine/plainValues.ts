/**
 * Values on their way through a Promise door. Out: instants become `Date`, and the answer is a
 * copy, so that a host may change it. In: a field that is `undefined` counts as left out.
 */
import type * as Brand from "effect/Brand"
import * as DateTime from "effect/DateTime"

/** The type of an answer with its instants as `Date` and its ids as `string`. */
export type PlainAnswer<A> = A extends DateTime.Utc
  ? Date
  : A extends Brand.Brand<infer _Key>
    ? Brand.Brand.Unbranded<A>
    : A extends ReadonlyArray<infer Item>
      ? ReadonlyArray<PlainAnswer<Item>>
      : A extends object
        ? { readonly [Field in keyof A]: PlainAnswer<A[Field]> }
        : A

const plainOf = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(plainOf)
  if (DateTime.isDateTime(value)) return DateTime.toDateUtc(value)
  const plain: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(value)) plain[key] = plainOf(field)
  return plain
}

/** An answer with its instants as `Date`, copied. */
export const plainAnswer = <A>(answer: A): PlainAnswer<A> => plainOf(answer) as PlainAnswer<A>

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** An instant as the engine reads it. An invalid `Date` becomes text, which the engine refuses. */
export const instantText = (instant: unknown): unknown =>
  instant instanceof Date
    ? Number.isNaN(instant.getTime())
      ? "Invalid Date"
      : instant.toISOString()
    : instant

/** Without the fields that are undefined. */
const definedFields = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const kept: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) if (field !== undefined) kept[key] = field
  return kept
}

/**
 * An input as the engine reads it: fields that are undefined are left out, also of the items of a
 * list. A value that is no object stays as it is, and the engine refuses it.
 */
export const plainInput = (input: unknown): unknown => {
  if (!isFields(input)) return input
  const fields = definedFields(input)
  for (const [key, field] of Object.entries(fields)) {
    if (!Array.isArray(field)) continue
    fields[key] = field.map((item: unknown) => (isFields(item) ? definedFields(item) : item))
  }
  return fields
}
