/** The options of caches, read before anything is kept. */
import * as Schema from "effect/Schema"
import { checkedBy } from "../events/relay/readRelayOptions.ts"
import * as InvalidInput from "../kernel/InvalidInput.ts"

const between = (minimum: number, maximum: number) =>
  Schema.optional(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

/** The options of a cache in memory, once they are checked. */
export const checkedMemoryCacheOptions = checkedBy(
  "a cache in memory",
  InvalidInput.reader(
    Schema.Struct({
      entriesMax: between(1, 10_000_000),
      bytesMax: between(1_024, 2 ** 40),
      remembersMillis: between(1, 86_400_000)
    })
  )
)
