/** `holdfast export`: writes products, categories, SKUs or stock to a file. */

import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { extname } from "node:path"
import { mayLag } from "@holdfast/core/engine"
import { type FileForm, writtenFile } from "@holdfast/core/exchange"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type CommandFailure, failure } from "../../cli/CommandFailure.ts"
import { replicaFlags } from "../../cli/reads/replicaSettings.ts"
import { ExchangeContexts } from "../../exchange/ExchangeContexts.ts"
import { exportedRecords } from "../../exchange/exportedRecords.ts"
import { exchangeFlags, kindArgument, onContexts } from "./onContexts.ts"

const config = {
  kind: kindArgument,
  file: Argument.String("file").pipe(
    Argument.withDescription("A .csv or .jsonl file to write, or - for standard output"),
    Argument.withDefault("-")
  ),
  ...exchangeFlags,
  ...replicaFlags
}

/** Writes parts one after another, each when the one before was taken. */
const writeTo = (path: string) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        if (path === "-") return process.stdout as NodeJS.WritableStream
        const file = createWriteStream(path)
        await once(file, "open")
        return file as NodeJS.WritableStream
      },
      catch: (error): CommandFailure =>
        failure("FileUnwritable", `${path} cannot be written: ${error}`)
    }),
    (file) =>
      path === "-"
        ? Effect.void
        : Effect.promise(() => new Promise<void>((resolve) => file.end(() => resolve())))
  )

const formOf = (path: string, format: FileForm | undefined): FileForm =>
  format ?? (/^\.(?:jsonl|ndjson)$/i.test(extname(path)) ? "jsonl" : "csv")

/** A table is safe to open in a spreadsheet, and an import of it changes nothing. */
export const exportCommand = Command.make("export", config, ({ file, format, kind, ...input }) =>
  onContexts(
    { kind, ...input },
    false,
    Effect.scoped(
      Effect.gen(function* () {
        const contexts = yield* ExchangeContexts
        const target = yield* writeTo(file)
        const write = (text: string) =>
          Effect.tryPromise({
            try: () =>
              new Promise<void>((resolve, reject) => {
                target.write(text, (error) => (error == null ? resolve() : reject(error)))
              }),
            catch: (error): CommandFailure =>
              failure("FileUnwritable", `${file} cannot be written: ${error}`)
          })
        yield* mayLag(
          Stream.runForEach(
            writtenFile(kind, formOf(file, format), exportedRecords(contexts, kind)),
            write
          )
        )
      })
    )
  )
).pipe(
  Command.withDescription("Write products, categories, SKUs or stock to a CSV or JSONL file"),
  Command.withExamples([
    { command: "holdfast export products products.csv", description: "A table for a spreadsheet" },
    { command: "holdfast export stock - --format jsonl", description: "One JSON value a line" }
  ])
)
