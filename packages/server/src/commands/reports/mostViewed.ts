/** `holdfast reports most-viewed`: the products that were read most. */
import { CatalogQueries, CatalogReads, StockStatus } from "@holdfast/core/catalog"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer } from "../../cli/answering.ts"
import { onDatabase } from "../onDatabase.ts"
import { rankingFlags, rankingLines } from "./reportFlags.ts"

/** Reads only. */
export const mostViewed = Command.make("most-viewed", rankingFlags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const stock = yield* Effect.provide(Effect.service(StockStatus), StockStatus.layerNone)
      const queries = CatalogQueries.over(yield* CatalogReads, stock)
      const { days, limit: size } = input
      const found = yield* queries.ask("mostViewed", { days, size })
      const lines = found.items.map(
        ({ name, productId, views }) => `  ${views}  ${name ?? "(deleted)"}  ${productId}`
      )
      yield* answer(input, found, rankingLines(found, "no product was read", lines))
    })
  )
).pipe(
  Command.withDescription("List the products that were read most, by views"),
  Command.withExamples([
    { command: "holdfast reports most-viewed --days 30", description: "Of the last 30 days" }
  ])
)
