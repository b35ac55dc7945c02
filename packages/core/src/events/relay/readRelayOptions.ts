/**
 * The options of relays and subscriptions, read before anything runs: one that cannot be used, and a
 * misspelt one, would otherwise show only later, as a relay that spins or that others take over.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import { opaque } from "../../kernel/Text.ts"
import { sealerCursor } from "./reservedCursors.ts"

/**
 * Options that cannot be used: a mistake of who wrote them, so it is thrown where they are given.
 * `issues` names every bad field, and so does the message.
 */
export class InvalidOptions extends Data.TaggedError("InvalidOptions")<{
  readonly message: string
  readonly issues: ReadonlyArray<InvalidInput.FieldIssue>
}> {}

const optional = Schema.optional
const between = (minimum: number, maximum: number) =>
  optional(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

/** The name of a cursor, as every door takes it. */
const cursorName = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9._-]{1,100}$/, {
    message: "must be 1 to 100 letters, digits, dots, dashes and underscores"
  }),
  // Of one cursor for two, each would miss what the other one has passed.
  Schema.makeFilter(
    (name) =>
      name !== sealerCursor ||
      `must be another name: ${sealerCursor} is the cursor of the sealer of the log`
  )
)

const owner = opaque(1, 255)
const from = optional(Schema.Literals(["FIRST", "LAST"]))

/** From a second, of which a third is left to renew it, to an hour. */
const leaseMillis = between(1_000, 3_600_000)

/** A page of the log has no more. */
const eventsMax = between(1, 1_000)

const relayOptions = Schema.Struct({
  cursor: cursorName,
  owner,
  kind: optional(Schema.Literals(["PUBLISHER", "SUBSCRIPTION", "WEBHOOK"])),
  from: optional(Schema.NullOr(Schema.Literals(["FIRST", "LAST"]))),
  leaseMillis,
  pollMillis: between(1, 3_600_000),
  standByMillis: between(1, 3_600_000),
  eventsMax,
  bytesMax: between(1, 1_073_741_824),
  onUnpublishable: optional(Schema.Literals(["DEAD_LETTER", "STOP"]))
})

const subscriptionOptions = Schema.Struct({
  name: cursorName,
  owner,
  handle: Schema.Unknown.check(
    Schema.makeFilter((value) => typeof value === "function" || "must be a function")
  ),
  types: optional(Schema.Array(Schema.String).check(Schema.isMinLength(1))),
  batchMax: eventsMax,
  from,
  leaseMillis
})

/** Throws when a reader refuses the options. */
const checkedBy =
  (what: string, read: (input: unknown) => Result.Result<unknown, InvalidInput.InvalidInput>) =>
  <Options>(options: Options): Options => {
    const result = read(options)
    if (Result.isSuccess(result)) return options
    const { issues } = result.failure
    const mistakes = issues.map(({ message, path }) => `${path} ${message}`.trim())
    const message = `the options of ${what} cannot be used: ${mistakes.join("; ")}`
    throw new InvalidOptions({ message, issues })
  }

/** The options of a relay, once they are checked. */
export const checkedRelayOptions = checkedBy("a relay", InvalidInput.reader(relayOptions))

/** The options of a subscription, once they are checked. */
export const checkedSubscriptionOptions = checkedBy(
  "a subscription",
  InvalidInput.reader(subscriptionOptions)
)
