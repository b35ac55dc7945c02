/** `holdfast expire`: expires the holds that have lapsed. */
import { expireLapsed, Inventory } from "@holdfast/core/inventory"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer } from "../cli/answering.ts"
import { onDatabase, onDatabaseFlags } from "./onDatabase.ts"

/**
 * Lapsed holds stopped counting at their instant. This publishes their expiry and keeps their
 * number small.
 */
export const expire = Command.make("expire", onDatabaseFlags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const expired = yield* Effect.provide(expireLapsed, Inventory.layer({ audit: "ALL" }))
      yield* answer(input, { expired }, [
        expired === 1 ? "expired 1 hold" : `expired ${expired} holds`
      ])
    })
  )
).pipe(Command.withDescription("Write down the holds that have lapsed, now"))
