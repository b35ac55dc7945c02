/**
 * A file on its way in: its bytes, its form and its digest, by which a repeat is known. What comes
 * on standard input is put into a file first, since it is read twice: for its digest, then for its
 * records.
 */
import { createHash } from "node:crypto"
import { createReadStream, createWriteStream } from "node:fs"
import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, extname, join } from "node:path"
import { pipeline } from "node:stream/promises"
import type { FileForm } from "@holdfast/core/exchange"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type CommandFailure, failure, usageFailure } from "../cli/CommandFailure.ts"

/** A file that is there to be imported. */
export interface InputFile {
  /** What people call it. */
  readonly source: string
  readonly form: FileForm
  readonly bytesTotal: number
  readonly digest: string
  readonly bytes: Stream.Stream<Uint8Array, CommandFailure>
  /** Bytes that were read so far. */
  readonly bytesDone: () => number
}

const formOf = (path: string): FileForm | undefined => {
  const extension = extname(path).toLowerCase()
  if (extension === ".csv") return "csv"
  return extension === ".jsonl" || extension === ".ndjson" ? "jsonl" : undefined
}

const unreadable = (path: string) => (error: unknown) =>
  failure(
    "FileUnreadable",
    `${path} cannot be read: ${error instanceof Error ? error.message : error}`
  )

const replaced = (source: string): CommandFailure =>
  failure("FileChanged", `${source} was changed while it was read; import it again`)

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash("sha256")
  for await (const part of createReadStream(path)) hash.update(part)
  return hash.digest("hex")
}

/**
 * A file whose size and digest are known. Reading it fails at the end when it is another one by then:
 * the import is known by the digest, and another file must not be taken for it.
 */
export const fileAt = ({
  path,
  ...file
}: Omit<InputFile, "bytes" | "bytesDone"> & { readonly path: string }): InputFile => {
  let done = 0
  return {
    ...file,
    bytesDone: () => done,
    bytes: Stream.suspend(() => {
      const hash = createHash("sha256")
      const unchanged = Effect.suspend(() =>
        hash.digest("hex") === file.digest ? Effect.void : Effect.fail(replaced(file.source))
      )
      return Stream.fromAsyncIterable<Uint8Array, CommandFailure>(
        createReadStream(path),
        unreadable(file.source)
      ).pipe(
        Stream.map((part) => {
          hash.update(part)
          done += part.length
          return part
        }),
        Stream.concat(Stream.fromEffectDrain(unchanged))
      )
    })
  }
}

const opened = (
  path: string,
  source: string,
  form: FileForm
): Effect.Effect<InputFile, CommandFailure> =>
  Effect.tryPromise({
    try: async () => {
      const found = await stat(path)
      if (found.isDirectory()) throw new Error("it is a folder")
      const digest = await digestOf(path)
      return fileAt({ path, source, form, bytesTotal: found.size, digest })
    },
    catch: unreadable(source)
  })

/** A folder that is gone when the scope ends. */
const temporaryFolder: Effect.Effect<string, CommandFailure, Scope.Scope> = Effect.acquireRelease(
  Effect.tryPromise({
    try: () => mkdtemp(join(tmpdir(), "holdfast-import-")),
    catch: unreadable("the folder for temporary files")
  }),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

const fromStandardInput = (form: FileForm) =>
  Effect.gen(function* () {
    const path = join(yield* temporaryFolder, `input.${form}`)
    yield* Effect.tryPromise({
      try: () => pipeline(process.stdin, createWriteStream(path)),
      catch: unreadable("standard input")
    })
    return yield* opened(path, "standard input", form)
  })

/** Opens a file by its path, or standard input for `-`; `form` says what the name does not. */
export const inputFile = (
  path: string,
  form: FileForm | undefined
): Effect.Effect<InputFile, CommandFailure, Scope.Scope> => {
  const known = form ?? formOf(path)
  if (known === undefined) {
    return Effect.fail(
      usageFailure(`say what ${path === "-" ? "standard input" : path} is: --format csv or jsonl`)
    )
  }
  return path === "-" ? fromStandardInput(known) : opened(path, basename(path), known)
}
