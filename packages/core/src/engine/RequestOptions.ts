/** What a caller may say beside a command: who asks, and by which key a repeat is known. */
import * as Schema from "effect/Schema"
import { Actor } from "../kernel/Actor.ts"
import { IdempotencyKey } from "../kernel/Identifier.ts"
import * as InvalidInput from "../kernel/InvalidInput.ts"
import { opaque } from "../kernel/Text.ts"

/**
 * What a caller may say beside a command, each 1–255 code points.
 * `idempotencyKey`: a repeat of this request gets the first answer; kept 24 hours. `caller`: whose
 * key it is; keys of different callers never meet. `correlationId` and `traceparent` are carried
 * into the events. `actor`: who acts; written into movements that name no actor.
 */
export const RequestOptions = Schema.Struct({
  idempotencyKey: Schema.optional(IdempotencyKey),
  caller: Schema.optional(opaque(0, 255)),
  correlationId: Schema.optional(opaque(1, 255)),
  traceparent: Schema.optional(opaque(1, 255)),
  actor: Schema.optional(Actor)
})
export interface RequestOptions extends Schema.Schema.Type<typeof RequestOptions> {}

/** Validates options of untrusted parts. */
export const readOptions = InvalidInput.reader(RequestOptions)
