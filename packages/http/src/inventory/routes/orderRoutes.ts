/** The endpoints of an order's reservations: decode, call the service, answer a refusal. */
import {
  type CommandOf,
  Inventory,
  InventoryQueries,
  type OrderId,
  type Reservation
} from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import { HttpSettings } from "../../kit/HttpOptions.ts"
import { orProblem, type WriteRequest, writing } from "./answerWith.ts"
import { customersFromHere } from "./customersFromHere.ts"
import { linesWithin } from "./linesWithin.ts"

const viewFor = (orderId: OrderId) => (reservations: ReadonlyArray<Reservation.Reservation>) => ({
  orderId,
  reservations
})

/** The endpoints of an order's reservations. */
export const layerOrderRoutes = HttpApiBuilder.group(
  RoutedApi,
  "orders",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* InventoryQueries
    const write = yield* writing
    const settings = yield* HttpSettings
    const inventory = yield* Inventory
    const customers = yield* customersFromHere
    const reserve = (request: WriteRequest, command: CommandOf<"ReserveStock">) =>
      Effect.flatMap(orProblem(linesWithin(settings, command.lines)), (refused) =>
        refused === undefined
          ? write(request, command, viewFor(command.orderId))
          : Effect.succeed(refused)
      )
    return handlers.handleAll({
      replace: (request) =>
        reserve(request, {
          _tag: "ReserveStock",
          ...request.payload,
          ...request.params,
          replace: true
        }),
      add: (request) =>
        reserve(request, { _tag: "ReserveStock", ...request.payload, ...request.params }),
      get: ({ params: { orderId }, query }) =>
        orProblem(
          Effect.map(
            queries.ask("reservationsOfOrder", { orderId, ...query }),
            ({ items, next }) => ({ orderId, reservations: items, next })
          )
        ),
      release: (request) =>
        write(
          request,
          { _tag: "ReleaseOrder", ...request.query, ...request.params },
          viewFor(request.params.orderId)
        ),
      confirm: (request) =>
        write(
          request,
          { _tag: "ConfirmOrder", ...request.payload, ...request.params },
          viewFor(request.params.orderId)
        ),
      fulfil: (request) =>
        write(
          request,
          { _tag: "FulfilOrder", ...request.payload, ...request.params },
          viewFor(request.params.orderId)
        ),
      releaseBundle: (request) =>
        write(
          request,
          { _tag: "ReleaseBundle", ...request.payload, ...request.params },
          viewFor(request.params.orderId)
        ),
      resizeBundle: (request) =>
        write(
          request,
          { _tag: "ResizeBundle", ...request.payload, ...request.params },
          viewFor(request.params.orderId)
        ),
      extendBundle: (request) =>
        write(
          request,
          { _tag: "ExtendBundle", ...request.payload, ...request.params },
          viewFor(request.params.orderId)
        ),
      place: (request) => {
        const command = { _tag: "PlaceOrder", ...request.payload, ...request.params } as const
        return Effect.flatMap(orProblem(linesWithin(settings, command.lines)), (refused) =>
          refused === undefined ? write(request, command) : Effect.succeed(refused)
        )
      },
      state: ({ params }) => orProblem(queries.ask("order", params)),
      pay: (request) => write(request, { _tag: "PayOrder", ...request.params }),
      cancel: (request) => write(request, { _tag: "CancelOrder", ...request.params }),
      complete: (request) =>
        write(request, { _tag: "CompleteOrder", ...request.payload, ...request.params }),
      customer: (request) =>
        customers(request, (options) => inventory.customer(request.params, options)),
      eraseCustomer: (request) =>
        customers(request, (options) => inventory.eraseCustomer(request.params, options))
    })
  })
)
