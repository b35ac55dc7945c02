/**
 * `holdfast reconcile`: compares every level with the ledger and the open holds, and proposes
 * repairs without making them. The exit code is 1 when rows disagree.
 */
import {
  type DriftedLevel,
  InventoryQueries,
  type Reconciliation,
  StockReads
} from "@holdfast/core/inventory"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { Answered, answer } from "../cli/answering.ts"
import { replicaFlags } from "../cli/reads/replicaSettings.ts"
import { setting, wholeNumber } from "../cli/settings.ts"
import { onDatabase, onDatabaseFlags } from "./onDatabase.ts"

const listMax = setting(
  "list-max",
  {
    metavar: "<count>",
    description: "Levels that disagree to list at most (default: 1000)",
    read: wholeNumber(0, 1_000_000)
  },
  1_000
)

/** Draws how far a long comparison is, on a terminal only, over one and the same line. */
const drawProgress = () => {
  const { stderr } = process
  const startedAt = performance.now()
  let drawnAt = startedAt
  let levels = 0
  return {
    add: (count: number) => {
      levels += count
      const now = performance.now()
      if (!stderr.isTTY || now - drawnAt < 100) return
      drawnAt = now
      const rate = Math.round((levels * 1_000) / (now - startedAt))
      stderr.write(
        `\r${levels.toLocaleString("en")} levels compared, ${rate.toLocaleString("en")}/s\u001b[K`
      )
    },
    clear: () => {
      if (stderr.isTTY && drawnAt !== startedAt) stderr.write("\r\u001b[K")
    }
  }
}

const reconcileDrawn = (listed: number) =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const progress = drawProgress()
    const drawn: StockReads["Service"] = {
      ...reads,
      reconciled: (after, limit) =>
        Effect.tap(reads.reconciled(after, limit), (page) =>
          Effect.sync(() => progress.add(page.length))
        )
    }
    return yield* Effect.ensuring(
      InventoryQueries.over(drawn).ask("reconcile", { listMax: listed }),
      Effect.sync(progress.clear)
    )
  })

const proposal = (level: DriftedLevel): string => {
  const { repair } = level
  const parts = [
    ...(level.totalDrift === 0
      ? []
      : [`total ${level.totalQuantity}, the ledger says ${repair.totalQuantity}`]),
    ...(level.reservedDrift === 0
      ? []
      : [`reserved ${level.reservedQuantity}, open holds say ${repair.reservedQuantity}`])
  ]
  return `  ${level.skuId} at ${level.locationId}: ${parts.join("; ")}`
}

/** The report in words; accuracy in percent, cut, so that 100 means every level. */
const report = (result: Reconciliation): ReadonlyArray<string> => {
  const { accuracy, agreeing, drifted, levels, reservedDrift, totalDrift } = result
  const percent = (Math.floor(accuracy * 10_000) / 100).toFixed(2)
  const summary = `${agreeing} of ${levels} levels agree with the ledger and the open holds (${percent} %)`
  if (agreeing === levels) return [summary]
  const unlisted = levels - agreeing - drifted.length
  return [
    summary,
    `drift: ${totalDrift} units of total, ${reservedDrift} units reserved`,
    "proposed repairs, none of them made:",
    ...drifted.map(proposal),
    ...(unlisted > 0 ? [`  and ${unlisted} more`] : [])
  ]
}

/** Reads only; it may run beside a working server. */
export const reconcile = Command.make(
  "reconcile",
  { ...onDatabaseFlags, ...replicaFlags, listMax },
  (input) =>
    onDatabase(input, () =>
      Effect.gen(function* () {
        const result = yield* reconcileDrawn(input.listMax)
        yield* answer(input, result, report(result))
        if (result.agreeing !== result.levels) return yield* new Answered({ exitCode: 1 })
      })
    )
).pipe(
  Command.withDescription(
    "Compare every stock level with the ledger and the open holds; exit code 1 when any disagrees"
  )
)
