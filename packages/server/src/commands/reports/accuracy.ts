/** `holdfast reports accuracy`: what the last check of stock against its ledger found. */
import {
  AccuracyReport,
  InventoryQueries,
  type StockCheck,
  StockReads
} from "@holdfast/core/inventory"
import * as Command from "effect/cli/Command"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Answered, answer } from "../../cli/answering.ts"
import { onDatabase, onDatabaseFlags } from "../onDatabase.ts"

const encode = Schema.encodeSync(AccuracyReport)

const coverOf = ({ cover }: StockCheck): string =>
  cover
    .filter(({ skus }) => skus > 0)
    .map(({ daysUpTo, skus }) =>
      daysUpTo === null ? `${skus} longer` : `${skus} up to ${daysUpTo} days`
    )
    .join(", ")

const checkLines = (check: StockCheck): ReadonlyArray<string> => {
  const { accuracy, agreeing, drifted, levels, reservedDrift, totalDrift } = check
  const percent = (Math.floor(accuracy * 10_000) / 100).toFixed(2)
  return [
    `${agreeing} of ${levels} levels agreed with the ledger and the open holds (${percent} %)`,
    `checked ${DateTime.formatIso(check.finishedAt)}`,
    ...(agreeing === levels
      ? []
      : [
          `drift: ${totalDrift} units of total, ${reservedDrift} units reserved`,
          ...drifted.map(
            (level) =>
              `  ${level.skuId} at ${level.locationId}: total ${level.totalDrift}, reserved ${level.reservedDrift}`
          ),
          "holdfast reconcile lists all of them, and proposes repairs"
        ]),
    `${check.skus} SKUs: ${check.soldOutSkus} sold out, ${check.lowStockSkus} in low stock`,
    ...(check.lowStockSkus === 0 ? [] : [`low stock lasts: ${coverOf(check)}`])
  ]
}

/** Reads only. The exit code is 1 when the last check found levels that disagree. */
export const accuracy = Command.make("accuracy", onDatabaseFlags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const found = yield* InventoryQueries.over(yield* StockReads).ask("accuracy", {})
      const { lastCheck, underWay } = found
      yield* answer(input, encode(found), [
        ...(lastCheck === null ? ["stock was not checked yet"] : checkLines(lastCheck)),
        ...(underWay === null ? [] : [`a check is under way: ${underWay.levels} levels so far`])
      ])
      if (lastCheck !== null && lastCheck.agreeing < lastCheck.levels) {
        return yield* new Answered({ exitCode: 1 })
      }
    })
  )
).pipe(
  Command.withDescription(
    "Say how much of the stock agreed with its ledger in the last check; exit code 1 when not all did"
  )
)
