/** What is brought to the server goes into a file first, since it is read more than once. */
import { createHash } from "node:crypto"
import { open } from "node:fs/promises"
import { FileTooLarge } from "@holdfast/core/exchange"
import { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** Does something with files of the server's own. A disk that is full, say, is no defect. */
export const keeping = <A>(work: () => Promise<A>): Effect.Effect<A, StoreError> =>
  Effect.tryPromise({
    try: work,
    catch: (error) => {
      const why = error instanceof Error ? error.message : String(error)
      return new StoreError({
        reason: "Unavailable",
        message: `the file could not be kept until it is imported: ${why}`,
        cause: error
      })
    }
  })

/** Takes a body into a file; answers with its size and digest. */
export const takenInto = (
  path: string,
  bytesMax: number,
  bytes: Stream.Stream<Uint8Array, unknown>
): Effect.Effect<{ size: number; digest: string }, FileTooLarge | StoreError> =>
  Effect.acquireUseRelease(
    keeping(() => open(path, "w")),
    (file) => {
      const hash = createHash("sha256")
      let size = 0
      const keep = (part: Uint8Array): Effect.Effect<void, FileTooLarge | StoreError> => {
        size += part.length
        if (size > bytesMax) return Effect.fail(new FileTooLarge(bytesMax))
        hash.update(part)
        return keeping(() => file.writeFile(part))
      }
      return Stream.runForEach(bytes, keep).pipe(
        Effect.mapError((error) =>
          error instanceof FileTooLarge || error instanceof StoreError
            ? error
            : new StoreError({ reason: "Unavailable", message: "the file did not arrive whole" })
        ),
        Effect.map(() => ({ size, digest: hash.digest("hex") }))
      )
    },
    (file) => Effect.ignore(keeping(() => file.close()))
  )
