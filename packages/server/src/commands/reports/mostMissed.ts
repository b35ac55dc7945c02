/** `holdfast reports most-missed`: the SKUs that callers were refused most. */
import { InventoryQueries, StockReads } from "@holdfast/core/inventory"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer } from "../../cli/answering.ts"
import { onDatabase } from "../onDatabase.ts"
import { rankingFlags, rankingLines } from "./reportFlags.ts"

/** Reads only. */
export const mostMissed = Command.make("most-missed", rankingFlags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const queries = InventoryQueries.over(yield* StockReads)
      const { days, limit: size } = input
      const found = yield* queries.ask("mostMissed", { days, size })
      const lines = found.items.map(
        ({ shortages, skuId, units }) => `  ${units} units short (lines: ${shortages})  ${skuId}`
      )
      yield* answer(input, found, rankingLines(found, "nothing was missed", lines))
    })
  )
).pipe(
  Command.withDescription("List the SKUs that callers were refused most, by units"),
  Command.withExamples([
    { command: "holdfast reports most-missed --days 30", description: "Of the last 30 days" }
  ])
)
