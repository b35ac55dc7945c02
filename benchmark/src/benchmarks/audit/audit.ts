/** What the audit log costs a batch, and how fast logs are sealed and checked. */
import { sealAll, sealedLogs, verifyLog } from "@holdfast/core/audit"
import { layerDigest } from "@holdfast/core/engine"
import { Inventory, InventoryLog } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Benchmark } from "../../Bench.ts"
import { race } from "../../Contender.ts"
import { engineOver } from "../../database.ts"
import { hotSku, turnOf } from "../../engine.ts"
import { aimAt, rowsAgainst } from "../reservations.ts"

const without = "without records"
const withAll = "a record each"

/** The engine over a database, with or without records, and the log of what it did. */
const recording = Effect.fnUntraced(function* (name: string, url: string, audit: "ALL" | "NONE") {
  const context = yield* Layer.build(engineOver(url, { audit }))
  const inventory = yield* Effect.provide(Inventory, context)
  const log = yield* Effect.provide(InventoryLog, context)
  return { name, log, turn: turnOf(inventory, { callers: 512, nextSku: hotSku }) }
})

/** How many records work gets through a second. */
const perSecond = <E>(work: Effect.Effect<number, E>) =>
  Effect.gen(function* () {
    const start = performance.now()
    const count = yield* Effect.orDie(work)
    return { perSecond: (count * 1_000) / (performance.now() - start) }
  })

/** Reservations with records against the same without, then the logs that these left. */
export const audit: Benchmark = {
  name: "audit",
  run: Effect.fnUntraced(function* (bench) {
    const { copy } = yield* bench.databases
    const recorded = yield* recording(withAll, yield* copy("audit_all"), "ALL")
    const bare = yield* recording(without, yield* copy("audit_none"), "NONE")
    const medians = yield* race([bare, recorded], bench.race)
    const { log } = recorded
    const quiet = Effect.provide(layerDigest)
    const sealing = yield* perSecond(
      Effect.map(quiet(sealAll(log, { isLogged: false })), (seals) =>
        seals.reduce((sum, { leaves }) => sum + leaves.length, 0)
      )
    )
    const verifying = yield* perSecond(
      Effect.map(
        quiet(Effect.forEach(sealedLogs, (which) => verifyLog(log.audit, which))),
        (verdicts) => {
          const broken = verdicts.find(({ finding }) => finding !== undefined)
          if (broken !== undefined) throw new Error(broken.finding?.message)
          return verdicts.reduce((sum, { records }) => sum + records, 0)
        }
      )
    )
    return {
      name: "audit",
      title: "The audit log",
      about:
        "512 callers reserve one unit of the same SKU, in batches of up to 500, with a record of the " +
        "audit log for each and without; then the events and records that this left are sealed, and checked.",
      ratioIs: "a record each is",
      rows: [
        ...rowsAgainst(medians, withAll),
        { name: "sealing", ...sealing },
        { name: "checking", ...verifying }
      ],
      aims: [aimAt(medians, [withAll, without], "with records against without", 0.9)]
    }
  })
}
