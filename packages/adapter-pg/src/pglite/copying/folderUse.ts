// Whether somebody has the folder of an embedded database open, and work on it while nobody has.
import { existsSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { StoreStartError } from "../../connection/StoreStartError.ts"
import { lockFolder } from "../folderLock.ts"

/** The major version of the embedded PostgreSQL, whose files no other version reads. */
export const embeddedMajor = 18

/** Runs work while nobody else can open the folder. Fails with `FolderInUse` when somebody has it open. */
export const whileFolderLocked = <A, E, R>(
  folder: string,
  work: Effect.Effect<A, E, R>
): Effect.Effect<A, E | StoreStartError, R> =>
  Effect.scoped(Effect.andThen(lockFolder(folder), work)) as Effect.Effect<
    A,
    E | StoreStartError,
    R
  >

/** Whether another process, or this one, has the folder open. */
export const isFolderInUse = (folder: string): Effect.Effect<boolean, StoreStartError> =>
  existsSync(join(folder, "holdfast.lock"))
    ? Effect.catch(Effect.as(whileFolderLocked(folder, Effect.void), false), (error) =>
        error.reason === "FolderInUse" ? Effect.succeed(true) : Effect.fail(error)
      )
    : Effect.succeed(false)
