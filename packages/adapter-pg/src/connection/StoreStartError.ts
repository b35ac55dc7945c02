// Why a database could not be opened at start. It says what a person can do about it; what goes wrong
// later, on an open database, is an `SqlError` and never this.
import * as Schema from "effect/Schema"

/**
 * The refusal to open a database, with a message made for the person who starts the process.
 * `FolderInUse`: another process has the embedded database's folder open. `FolderUnusable`: the
 * folder cannot be made, read or written, or what is in it does not start. `InvalidOptions`: the
 * connection options contradict themselves or cannot be read. Passwords are never part of it.
 */
export class StoreStartError extends Schema.TaggedError<StoreStartError>(
  "@holdfast/adapter-pg/StoreStartError"
)("StoreStartError", {
  reason: Schema.Literals(["FolderInUse", "FolderUnusable", "InvalidOptions"]),
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}
