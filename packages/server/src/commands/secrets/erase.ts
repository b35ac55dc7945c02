/** `holdfast erase`: erases what is kept about the customers of orders. The ledger stays whole. */
import { Inventory, OrderId } from "@holdfast/core/inventory"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answer } from "../../cli/answering.ts"
import { usageFailure } from "../../cli/CommandFailure.ts"
import { toggle } from "../../cli/settings.ts"
import { onDatabase, onDatabaseFlags } from "../onDatabase.ts"

const isOrderId = Schema.is(OrderId)

const flags = {
  ...onDatabaseFlags,
  order: Flag.String("order").pipe(
    Flag.withMetavar("<id>"),
    Flag.withDescription("An order whose customer is forgotten; may be given several times"),
    Flag.atLeast(1)
  ),
  yes: toggle("yes", "Erase it; nothing brings it back but a backup", false)
}

/** Each order leaves a record in the audit log, also one of which nothing was kept. */
export const erase = Command.make("erase", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const orderIds = [...new Set(input.order)]
      const wrong = orderIds.findIndex((orderId) => !isOrderId(orderId))
      if (wrong >= 0) {
        return yield* usageFailure(
          `--order ${wrong + 1} of ${orderIds.length} is no id of an order`
        )
      }
      if (!input.yes) {
        const orders = orderIds.length === 1 ? "1 order" : `${orderIds.length} orders`
        return yield* usageFailure(
          `this erases for good what is kept about the customer of ${orders}; give --yes to do it`
        )
      }
      const inventory = yield* Inventory
      const erased = yield* Effect.forEach(orderIds, (orderId) =>
        inventory.eraseCustomer({ orderId })
      )
      yield* answer(
        input,
        { orders: erased },
        erased.map(({ isErased, orderId }) =>
          isErased
            ? `what was kept about the customer of the order ${orderId} is erased`
            : `nothing is kept about the customer of the order ${orderId}`
        )
      )
    }).pipe(Effect.provide(Inventory.layerUnqueued()))
  )
).pipe(
  Command.withDescription("Erase what is kept about the customers of orders; the ledger stays"),
  Command.withExamples([
    {
      command: "holdfast erase --order order-1 --order order-2 --yes",
      description: "Forget the customer of two orders"
    }
  ])
)
