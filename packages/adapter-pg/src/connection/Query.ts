/**
 * A query on its way to a server: text with `$n` and typed parameters. Rows come back as text,
 * float8 and boolean columns only, so that any driver of PostgreSQL gives the same values.
 */
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Result from "effect/Result"

/** The types of parameters that the statements use. */
export type ParamType =
  | "text"
  | "int8"
  | "timestamptz"
  | "text[]"
  | "int8[]"
  | "bool[]"
  | "timestamptz[]"

/** A parameter: its PostgreSQL type, and a plain value that any driver can send. */
export interface Param {
  readonly type: ParamType
  readonly value: unknown
}

/** A statement with its parameters. */
export interface Query {
  readonly sql: string
  readonly params: ReadonlyArray<Param>
}

/** A row as it comes back. */
export type Row = Readonly<Record<string, unknown>>

/** A query of a text and its parameters. */
export const query = (sql: string, ...params: ReadonlyArray<Param>): Query => ({ sql, params })

/** A text parameter; null is SQL NULL. */
export const text = (value: string | null): Param => ({ type: "text", value })

/** A whole number. */
export const int8 = (value: number): Param => ({ type: "int8", value: BigInt(value) })

/** An instant in epoch milliseconds; null is SQL NULL. */
export const instant = (millis: number | null): Param => ({
  type: "timestamptz",
  value: millis === null ? null : new Date(millis)
})

/** A column of texts. */
export const texts = (value: ReadonlyArray<string | null>): Param => ({ type: "text[]", value })

/**
 * A column of texts that mostly says nothing. A column of nulls is sent as one null, which `unnest`
 * beside others takes for as many.
 */
export const textsIfAny = (values: ReadonlyArray<string | null>): Param => ({
  type: "text[]",
  value: isNothing(values) ? null : values
})

/** The same of instants. */
export const instantsIfAny = (values: Parameters<typeof instants>[0]): Param =>
  isNothing(values) ? { type: "timestamptz[]", value: null } : instants(values)

const isNothing = (values: ReadonlyArray<unknown>): boolean => {
  for (const value of values) if (value !== null) return false
  return true
}

/** A column of whole numbers. */
export const int8s = (values: ReadonlyArray<number | null>): Param => ({
  type: "int8[]",
  value: values.map((value) => (value === null ? null : BigInt(value)))
})

/** A column of booleans. */
export const bools = (value: ReadonlyArray<boolean>): Param => ({ type: "bool[]", value })

/** A column of instants. */
export const instants = (
  values: ReadonlyArray<{ readonly epochMilliseconds: number } | null>
): Param => ({
  type: "timestamptz[]",
  value: values.map((value) => (value === null ? null : new Date(value.epochMilliseconds)))
})

const oids: { readonly [Type in ParamType]?: number } = {
  "text[]": PgTypes.OID.text,
  "int8[]": PgTypes.OID.int8,
  "bool[]": PgTypes.OID.bool,
  "timestamptz[]": PgTypes.OID.timestamptz
}

/** A null of each type of arrays. */
const nulls = new Map(
  Object.entries(oids).map(([type, oid]) => [
    type,
    { ...Result.getOrThrow(PgTypes.array([], oid)), value: null }
  ])
)

/**
 * A parameter for the Effect driver, which would otherwise infer the type from the values and fail
 * on a column of nulls.
 */
export const encoded = (param: Param): unknown => {
  const oid = oids[param.type]
  if (oid !== undefined) {
    if (param.value === null) return nulls.get(param.type)
    return Result.getOrThrow(PgTypes.array(param.value as ReadonlyArray<unknown>, oid))
  }
  switch (param.type) {
    case "int8":
      return PgTypes.int8(param.value as bigint)
    case "timestamptz":
      return PgTypes.timestamptz(param.value as Date | null)
    default:
      return PgTypes.text(param.value as string | null)
  }
}

const textOf = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : String(value)

const elementText = (value: unknown): string =>
  value === null ? "NULL" : `"${textOf(value).replace(/[\\"]/g, "\\$&")}"`

/**
 * A parameter as text, for the driver of a host. Drivers guess the types of other values, each in
 * its own way. They send a text as it is, and the server converts it to the type that the statement
 * names.
 */
export const asText = ({ value }: Param): string | null => {
  if (value === null) return null
  return Array.isArray(value) ? `{${value.map(elementText).join(",")}}` : textOf(value)
}
