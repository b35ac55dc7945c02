/**
 * The log of the inventory as a Stream, selected as the question `events` selects: all doors know the
 * same types, SKUs, locations and orders.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { logPages } from "../../events/logStream.ts"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { RefusalOf } from "../messages/InventoryError.ts"
import type { LoggedEvent } from "../messages/InventoryQuery.ts"
import type { RefusalsOf } from "../messages/operations.ts"
import { type QueryInputOf, queryOperations } from "../messages/queryOperations.ts"
import { InventoryLog } from "../ports/InventoryLog.ts"
import { InventoryQueries } from "./InventoryQueries.ts"

/** Which events, from where, and whether to wait for more at the end of the log. */
export type InventoryEventsOptions = QueryInputOf<"events"> & {
  readonly follow?: boolean | undefined
}

const read = InvalidInput.reader(queryOperations.events.input)

/**
 * The pages of the log, in order, without gaps: to its end, or with `follow` for as long as somebody
 * pulls. It fails with `PositionGone` when events after the position were dropped, and with a
 * `StoreError` when the log is not the one that was read before.
 */
export const inventoryEventPages = ({
  follow,
  ...input
}: InventoryEventsOptions = {}): Stream.Stream<
  ReadonlyArray<LoggedEvent>,
  RefusalOf<RefusalsOf<"events">> | StoreError,
  InventoryQueries | InventoryLog
> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { after, afterEventId, size, ...filter } = yield* Effect.fromResult(read(input))
      const { ask } = yield* InventoryQueries
      const { watch } = yield* InventoryLog
      let hasBegun = false
      const pageAfter = (position: number, limit: number) => {
        // Who names no position begins with the first event that is kept.
        const begin = hasBegun || after !== undefined ? { after: position } : {}
        const witness = hasBegun || afterEventId === undefined ? {} : { afterEventId }
        const asked = { ...filter, ...begin, ...witness, size: limit }
        return Effect.map(ask("events", asked), ({ items }) => {
          hasBegun ||= items.length > 0
          return items
        })
      }
      return logPages({ read: pageAfter, watch }, { after, follow, size })
    })
  )

/** The events of the log, one by one; see `inventoryEventPages`. */
export const inventoryEvents = (
  options?: InventoryEventsOptions
): Stream.Stream<
  LoggedEvent,
  RefusalOf<RefusalsOf<"events">> | StoreError,
  InventoryQueries | InventoryLog
> => Stream.flattenIterable(inventoryEventPages(options))
