/** Reads the options of a sender: a misspelt one would otherwise be a default that nobody asked for. */
import { HoldfastError } from "@holdfast/core"
import { InvalidInput } from "@holdfast/core/engine"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { WebhookSenderOptions } from "./WebhookSenderOptions.ts"

const flag = Schema.optional(Schema.Boolean)

const read = InvalidInput.reader(
  Schema.Struct({
    // The longest timer of Node: a longer one would end at once.
    timeoutMillis: Schema.optional(
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2_147_483_647 }))
    ),
    allowPrivate: flag,
    allowHttp: flag
  })
)

/** The options as they are, or a thrown `InvalidInput` that names every bad one. */
export const readSenderOptions = (options: unknown): WebhookSenderOptions =>
  Result.getOrElse(read(options), ({ issues }) => {
    throw new HoldfastError("InvalidInput", {
      issues: issues.map(({ message, path }) => ({
        path: path === "" ? "options" : `options.${path}`,
        message
      }))
    })
  })
