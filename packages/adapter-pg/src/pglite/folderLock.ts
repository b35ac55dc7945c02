// The exclusive lock of an embedded database's folder. PGlite does not guard its folder: a second
// process would open it and rows that the first one acknowledged would vanish. The lock is SQLite's
// own file lock, which the kernel frees when the holder dies, also by SIGKILL; there is no pid file
// to go stale. It guards against other processes and against a second opening by this one.
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { StoreStartError } from "../connection/StoreStartError.ts"

const sqliteBusy = 5

const isBusy = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "errcode" in cause && cause.errcode === sqliteBusy

/** Loads SQLite only here: Node 22 prints a warning about every import of it. */
const open = async (folder: string): Promise<DatabaseSync> => {
  const { DatabaseSync } = await import("node:sqlite")
  const lock = new DatabaseSync(join(folder, "holdfast.lock"), { timeout: 0 })
  try {
    lock.exec("pragma locking_mode = exclusive; begin exclusive")
    return lock
  } catch (cause) {
    lock.close()
    throw cause
  }
}

/**
 * Takes the lock of an existing folder until the scope closes. Fails at once, without waiting, with
 * `FolderInUse` when somebody holds it and with `FolderUnusable` when the lock file cannot be made.
 */
export const lockFolder = (folder: string): Effect.Effect<void, StoreStartError, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.tryPromise({
        try: () => open(folder),
        catch: (cause) =>
          isBusy(cause)
            ? new StoreStartError({
                reason: "FolderInUse",
                message:
                  `the folder ${folder} is already open, in this process or in another one; ` +
                  "close it there, or choose another folder",
                cause
              })
            : new StoreStartError({
                reason: "FolderUnusable",
                message: `the folder ${folder} cannot be locked: ${String(cause)}`,
                cause
              })
      }),
      (lock) => Effect.sync(() => lock.close())
    )
  )
