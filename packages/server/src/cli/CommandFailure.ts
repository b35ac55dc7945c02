/**
 * Why a command ended without doing what it was asked: one sentence for the person who typed it,
 * which says what to do, and a code for machines. It never holds a secret.
 */
import { type MigrationError, type StoreStartError, sqlStateOf } from "@holdfast/adapter-pg/effect"
import type { StoreError } from "@holdfast/core/inventory"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"

/** A command that failed; the process ends with `exitCode`. */
export class CommandFailure extends Data.TaggedError("CommandFailure")<{
  readonly code: string
  readonly message: string
  readonly exitCode: number
}> {}

/** A failure with exit code 1. */
export const failure = (code: string, message: string): CommandFailure =>
  new CommandFailure({ code, message, exitCode: 1 })

/** A command that was typed wrongly. */
export const usageFailure = (message: string): CommandFailure =>
  new CommandFailure({ code: "Usage", message, exitCode: 2 })

/** The failure of a database, in words for the person at the keyboard. */
export const fromDatabase = (
  error: StoreError | MigrationError | StoreStartError,
  place: string
): CommandFailure => {
  if (error._tag === "StoreStartError") {
    // The adapter speaks to who embeds it; here another process has it open, most likely a server.
    return failure(
      error.reason,
      error.reason === "FolderInUse"
        ? `${place} is open in another process, such as a server: stop that first, since an embedded ` +
            "database belongs to one process, or choose another --folder"
        : error.reason === "FolderUnusable"
          ? `${error.message}; if it is damaged, holdfast restore puts a backup into a new --folder`
          : error.message
    )
  }
  if (error._tag === "MigrationError") return failure(`Schema${error.reason}`, error.message)
  return failure(error.reason, `${place}: ${sentenceOf(error)}`)
}

/** The message of a store, with the driver's own words. */
export const sentenceOf = (error: StoreError): string => {
  const why = reasonOf(error)
  // Some messages end with these words already.
  return why === undefined || error.message.endsWith(`(${why})`)
    ? error.message
    : `${error.message} (${why})`
}

/**
 * Whether waiting will not help: the password is wrong, or there is no such user or database, or
 * the user may not do what is needed.
 */
export const isFinal = (error: StoreError): boolean =>
  /^(28...|3D000|42501)$/.test(sqlStateOf(error.cause) ?? "")

/** The driver's own words, deepest first: they name the host that refused, never a password. */
const reasonOf = (error: unknown): string | undefined => {
  let current: unknown = error
  let words: string | undefined
  for (let depth = 0; depth < 6 && typeof current === "object" && current !== null; depth++) {
    const { cause, code, message, reason } = current as Record<string, unknown>
    if (depth > 0 && typeof message === "string" && message !== "") words = message
    if (depth > 0 && words === undefined && typeof code === "string") words = code
    current = typeof reason === "object" && reason !== null ? reason : cause
  }
  return words
}

/** The failure of a cause. A cause that is none of ours is a bug, and its message says so. */
export const fromCause = (cause: Cause.Cause<unknown>): CommandFailure => {
  const error = Cause.squash(cause)
  if (error instanceof CommandFailure) return error
  return failure("Defect", `this is a bug in Holdfast: ${String(error)}`)
}
