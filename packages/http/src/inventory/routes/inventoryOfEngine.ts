/** The inventory of an engine, which may have a catalog alone. */
import {
  Inventory,
  InventoryLog,
  type InventoryServices,
  StockCopies,
  StockReads
} from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** The inventory of the engine, if it has one. */
export const inventoryOfEngine: Effect.Effect<Option.Option<Context.Context<InventoryServices>>> =
  Effect.gen(function* () {
    return Option.all({
      inventory: yield* Effect.serviceOption(Inventory),
      reads: yield* Effect.serviceOption(StockReads),
      log: yield* Effect.serviceOption(InventoryLog)
    })
  }).pipe(
    Effect.map(
      Option.map(({ inventory, log, reads }) =>
        Context.make(Inventory, inventory).pipe(
          Context.add(StockReads, reads),
          Context.add(InventoryLog, log)
        )
      )
    ),
    Effect.zipWith(Effect.serviceOption(StockCopies), (services, copies) =>
      Option.map(services, Context.addOrOmit(StockCopies, copies))
    )
  )
