/**
 * What went wrong with a statement. The SQLSTATE shows whether the same batch may simply run again,
 * whether the connection is gone, or whether the database refused what we sent, which is our bug.
 */
import { StoreError } from "@holdfast/core/inventory"
import * as Predicate from "effect/Predicate"
import { tlsRemedyOf } from "./tls.ts"

/**
 * The kinds of failure. `Conflict`: another transaction was in the way, run again. `Lost`: the
 * connection is gone, and with it every answer not yet read. `TooSlow`: a statement took too long.
 * `Crowded`: no connection came free. `Denied`: the server cannot serve us, by our rights or by its
 * disk. `Rejected`: it refused what we sent.
 */
export type SqlFailureKind = "Conflict" | "Crowded" | "Lost" | "TooSlow" | "Denied" | "Rejected"

/** A failure of a statement, with its kind, and where the connection led, when that is known. */
export class SqlFailure {
  readonly _tag = "SqlFailure"
  readonly kind: SqlFailureKind
  readonly cause: unknown
  readonly place: string | undefined
  constructor(kind: SqlFailureKind, cause: unknown, place?: string) {
    this.kind = kind
    this.cause = cause
    this.place = place
  }
}

const kinds: ReadonlyArray<readonly [RegExp, SqlFailureKind]> = [
  [/^(HF001|40001|40P01|55P03|23505|25P02)$/, "Conflict"],
  // The server ends a session by its own clock (25P03, 25P04, 57P05); the next statement meets that.
  [/^(08...|57P0[1-5]|25P0[34])$/, "Lost"],
  [/^57014$/, "TooSlow"],
  // The last five mean tables that are missing or of another version, or a pooler that lost a
  // statement.
  [/^(53...|58...|XX...|28...|3D000|42501|25006|42P01|42703|3F000|26000|42P05)$/, "Denied"]
]

/** What a person can do about a state that has a remedy of its own. */
const remedies: ReadonlyArray<readonly [RegExp, string]> = [
  [/^28...$/, "the database refuses the user or the password of the connection; correct them"],
  [/^3D000$/, "the server has no database of this name; create it, or correct the name"],
  [
    /^42501$/,
    "the database user lacks a right; grant it, or run holdfast migrate as a user who may make " +
      "tables, and open with migrate: false (--no-migrate)"
  ],
  [
    /^HF002$/,
    "commits wait for a synchronous standby that does not answer; bring one back, or take it out of " +
      "synchronous_standby_names"
  ],
  [/^25006$/, "the database is read only, as a standby is; use one that is writable"],
  [
    /^(42P01|42703|3F000)$/,
    "the tables are missing or of another version; run holdfast migrate, or upgrade Holdfast"
  ],
  [
    /^(26000|42P05)$/,
    "a pooler between Holdfast and the database loses prepared statements; " +
      'name its mode (--pooler transaction, or pooler: "transaction")'
  ]
]

const refusedByPooler =
  "a pooler between Holdfast and the database refuses the settings of a session; " +
  'name its mode (--pooler transaction, or pooler: "transaction")'

// No class is made of letters only, as EPIPE is, and P0 is the only one that begins with P: P2010
// is a code of Prisma.
const sqlState = /^(?!P[^0])(?=.*\d)[0-9A-Z]{5}$/

/**
 * An error with all that it wraps, outermost first. Effect keeps the server's error under `reason`,
 * Prisma under `meta.driverAdapterError`, others under `cause`.
 */
const layersOf = (error: unknown, depth = 0): ReadonlyArray<Record<string, unknown>> => {
  if (!Predicate.isObject(error) || depth === 5) return []
  const { cause, meta, reason } = error as Record<"cause" | "meta" | "reason", unknown>
  const inner = [reason, Object(meta).driverAdapterError, cause]
  return [error as Record<string, unknown>, ...inner.flatMap((layer) => layersOf(layer, depth + 1))]
}

/** The server's own error: the first layer with a SQLSTATE. Prisma renames errors that it knows. */
const serverErrorOf = (error: unknown) => {
  for (const { code, message, originalCode, originalMessage } of layersOf(error)) {
    const state = originalCode ?? code
    if (typeof state === "string" && sqlState.test(state)) {
      return { state, message: String(originalMessage ?? message) }
    }
  }
  return undefined
}

/** PgBouncer's refusal to pass on a setting. Its SQLSTATE is that of any bad message. */
const isRefusedByPooler = (error: unknown): boolean =>
  layersOf(error).some(({ message }) => String(message).includes("unsupported startup parameter"))

/** The SQLSTATE of an error, wherever a driver put it. */
export const sqlStateOf = (error: unknown): string | undefined => serverErrorOf(error)?.state

const isConnectionError = (error: unknown): boolean =>
  Predicate.isObject(error) &&
  Predicate.hasProperty(error, "reason") &&
  Predicate.isTagged(error.reason, "ConnectionError")

/** The server asks for a password, and none was given: no statement has been sent yet. */
const isAuthenticationError = (error: unknown): boolean =>
  Predicate.isObject(error) &&
  Predicate.hasProperty(error, "reason") &&
  Predicate.isTagged(error.reason, "AuthenticationError")

/** Whether another transaction held a lock for longer than this one waits. */
export const isLockTimeout = (failure: SqlFailure): boolean => sqlStateOf(failure.cause) === "55P03"

/** A conflict: its SQLSTATE and the server's message, which names the constraint. */
export const conflictOf = (failure: SqlFailure): string => {
  const server = serverErrorOf(failure.cause)
  return `${server?.state} ${server?.message}`
}

/** The failure that an error of a driver stands for. */
export const fromDriver = (error: unknown, place?: string): SqlFailure => {
  const state = sqlStateOf(error)
  if (state === "08P01" && isRefusedByPooler(error)) return new SqlFailure("Denied", error, place)
  if (state !== undefined) {
    const kind = kinds.find(([pattern]) => pattern.test(state))?.[1]
    if (kind !== undefined) return new SqlFailure(kind, error, place)
  }
  if (isAuthenticationError(error) || (isConnectionError(error) && tlsRemedyOf(error))) {
    return new SqlFailure("Denied", error, place)
  }
  return new SqlFailure(isConnectionError(error) ? "Lost" : "Rejected", error, place)
}

/** Whether tables, columns or the schema itself were not there. */
export const isForeignSchema = (error: unknown): boolean =>
  /^(42P01|42703|3F000)$/.test(sqlStateOf(error) ?? "")

const answers = {
  Conflict: ["Busy", "other transactions hold the same stock; try again"],
  Crowded: ["Busy", "all connections to the database are in use; try again shortly"],
  Lost: ["Unavailable", "the database cannot be reached; try again shortly"],
  TooSlow: ["TimedOut", "the database took too long, and nothing was written; try again"],
  Denied: ["Unavailable", "the database does not accept this connection; try again shortly"],
  Rejected: [
    "Rejected",
    "the database rejected a statement; this is a bug, and nothing was written"
  ]
} as const

/** The message of a failure: its own remedy, else what its kind says. */
const messageFor = ({ cause, kind }: SqlFailure): string => {
  const state = sqlStateOf(cause) ?? ""
  if (kind === "Denied") {
    if (state === "08P01") return refusedByPooler
    const tlsRemedy = tlsRemedyOf(cause)
    if (tlsRemedy !== undefined) return tlsRemedy
    const remedy = remedies.find(([pattern]) => pattern.test(state))?.[1]
    // What names a table or a column may also be a statement of the host.
    if (isForeignSchema(cause)) return `${remedy} (${serverErrorOf(cause)?.message})`
    if (remedy !== undefined) return remedy
    if (isAuthenticationError(cause)) {
      return "the database asks for a password, and the connection has none; give it one"
    }
  }
  return answers[kind][1]
}

/** The failure as callers of a store see it. */
export const toStoreError = (failure: SqlFailure): StoreError => {
  const { cause, kind, place } = failure
  // What was refused before a statement was sent says by itself what callers are to see.
  if (Predicate.isTagged(cause, "StoreError")) return cause as StoreError
  return new StoreError({
    reason: answers[kind][0],
    message: messageFor(failure),
    cause,
    ...(kind === "Lost" && place !== undefined ? { place } : {})
  })
}

/** The same for a failure among others, which stay as they are. */
export const orStoreError = <E extends { readonly _tag: string }>(
  error: E
): Exclude<E, SqlFailure> | StoreError =>
  error instanceof SqlFailure ? toStoreError(error) : (error as Exclude<E, SqlFailure>)

/** The answer to COMMIT stayed unknown. */
export const outcomeUnknown = (cause: unknown): StoreError =>
  new StoreError({
    reason: "OutcomeUnknown",
    message:
      "the connection was lost while committing, and whether it took effect is unknown; " +
      "ask again with the same idempotency key",
    cause
  })
