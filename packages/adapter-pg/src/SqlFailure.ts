/**
 * What went wrong with a statement, told by SQLSTATE: whether the same batch may simply run again,
 * whether the connection is gone, or whether the database refused what we sent, which is our bug.
 */
import { StoreError } from "@holdfast/core/effect"
import * as Predicate from "effect/Predicate"

/**
 * The kinds of failure. `Conflict`: another transaction was in the way, run again. `Lost`: the
 * connection is gone, and with it every answer not yet read. `TooSlow`: a statement took too long.
 * `Crowded`: no connection came free. `Refused`: the server cannot serve us, by our rights or by its
 * disk. `Rejected`: it refused what we sent.
 */
export type SqlFailureKind = "Conflict" | "Crowded" | "Lost" | "TooSlow" | "Refused" | "Rejected"

/** A failure of a statement, with its kind. */
export class SqlFailure {
  readonly _tag = "SqlFailure"
  readonly kind: SqlFailureKind
  readonly cause: unknown
  constructor(kind: SqlFailureKind, cause: unknown) {
    this.kind = kind
    this.cause = cause
  }
}

const kinds: ReadonlyArray<readonly [RegExp, SqlFailureKind]> = [
  [/^(HF001|40001|40P01|55P03|23505|25P02)$/, "Conflict"],
  // What ends a session by a clock of the server's (25P03, 25P04, 57P05) is met at the next statement.
  [/^(08...|57P0[1-5]|25P0[34])$/, "Lost"],
  [/^57014$/, "TooSlow"],
  [/^(53...|58...|XX...|28...|3D000|42501|25006)$/, "Refused"]
]

// Every class has a digit in it, which tells it from EPIPE.
const sqlState = /^(?=.*\d)[0-9A-Z]{5}$/

/** The SQLSTATE of an error, wherever a driver put it. */
export const sqlStateOf = (error: unknown): string | undefined => {
  let current = error
  for (let depth = 0; depth < 5 && Predicate.isObject(current); depth++) {
    const { cause, code, reason } = current as Record<"cause" | "code" | "reason", unknown>
    if (typeof code === "string" && sqlState.test(code)) return code
    current = reason ?? cause
  }
  return undefined
}

const isConnectionError = (error: unknown): boolean =>
  Predicate.isObject(error) &&
  Predicate.hasProperty(error, "reason") &&
  Predicate.isTagged(error.reason, "ConnectionError")

/** Whether another transaction held a lock for longer than this one waits. */
export const isLockTimeout = (failure: SqlFailure): boolean => sqlStateOf(failure.cause) === "55P03"

/** A conflict by its SQLSTATE and what the server says of it: the constraint stands in the message. */
export const conflictOf = (failure: SqlFailure): string =>
  `${sqlStateOf(failure.cause)} ${messageOf(failure.cause)}`

/** What the server said, wherever a driver put it. */
const messageOf = (error: unknown): string => {
  let current = error
  for (let depth = 0; depth < 5 && Predicate.isObject(current); depth++) {
    const { cause, code, message, reason } = current as Record<string, unknown>
    if (typeof code === "string" && sqlState.test(code)) return String(message)
    current = reason ?? cause
  }
  return ""
}

/** The failure that an error of a driver stands for. */
export const fromDriver = (error: unknown): SqlFailure => {
  const state = sqlStateOf(error)
  if (state !== undefined) {
    const kind = kinds.find(([pattern]) => pattern.test(state))?.[1]
    if (kind !== undefined) return new SqlFailure(kind, error)
  }
  return new SqlFailure(isConnectionError(error) ? "Lost" : "Rejected", error)
}

const told = {
  Conflict: ["Busy", "other transactions hold the same stock; try again"],
  Crowded: ["Busy", "all connections to the database are in use; try again shortly"],
  Lost: ["Unavailable", "the database cannot be reached; try again shortly"],
  TooSlow: ["TimedOut", "the database took too long, and nothing was written; try again"],
  Refused: ["Unavailable", "the database does not accept this connection; try again shortly"],
  Rejected: [
    "Rejected",
    "the database rejected a statement; this is a bug, and nothing was written"
  ]
} as const

/** The failure as callers of a store see it. */
export const toStoreError = (failure: SqlFailure): StoreError => {
  const [reason, message] = told[failure.kind]
  return new StoreError({ reason, message, cause: failure.cause })
}

/** The answer to COMMIT stayed unknown. */
export const outcomeUnknown = (cause: unknown): StoreError =>
  new StoreError({
    reason: "OutcomeUnknown",
    message:
      "the connection was lost while committing, and whether it took effect is unknown; " +
      "ask again with the same idempotency key",
    cause
  })
