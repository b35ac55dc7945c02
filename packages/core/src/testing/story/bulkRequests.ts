/**
 * Random bulk requests of a story: a few lines of any kind, for the SKUs of the story by id or by
 * code, some of which cannot be read.
 */
import * as Arbitrary from "effect/Arbitrary"
import type { CommandOf } from "../../inventory/messages/InventoryCommand.ts"
import type { OnShortfall } from "../../inventory/messages/MovementCommands.ts"
import type { LocationId, SkuId } from "../../kernel/Identifier.ts"
import { below, boolean, constant, either, maybe, oneOf, type Random, record } from "../random.ts"

type Line = CommandOf<"ChangeStock">["lines"][number]

/** What lines are made of, as the story has it. */
export interface BulkWords {
  readonly skuId: Random<SkuId>
  readonly place: Random<LocationId>
  readonly units: Random<number>
  readonly onShortfall: Random<typeof OnShortfall.Type | undefined>
  readonly includeConfirmed: Random<boolean | undefined>
}

const unreadable: Line = {
  type: "UNREADABLE",
  issues: [{ path: "quantity", message: "must be a whole number" }]
}

/** A line for a SKU by its id, or by the code that it began with. */
const lineOf = (words: BulkWords): Random<Line> => {
  const { includeConfirmed, onShortfall, place, units } = words
  const named = either<{ readonly skuId: SkuId } | { readonly code: string }>(
    [3, Arbitrary.map(words.skuId, (skuId) => ({ skuId }))],
    [2, Arbitrary.map(words.skuId, (skuId) => ({ code: skuId.toUpperCase() }))]
  )
  const rest: Random<object> = either<object>(
    [5, record({ type: constant("RECEIPT"), quantity: units })],
    [
      6,
      record({
        type: constant("COUNT"),
        countedQuantity: oneOf([2, 0], [3, 2], [3, 5], [2, 12]),
        expectedQuantity: maybe(2, below(11)),
        onShortfall,
        includeConfirmed
      })
    ],
    [
      5,
      record({
        type: constant("ADJUSTMENT"),
        quantity: oneOf([3, -1], [3, -2], [2, -4], [1, -7]),
        reason: maybe(7, constant("found broken")),
        onShortfall,
        includeConfirmed
      })
    ]
  )
  const line = record({ named, rest, at: record({ locationId: maybe(5, place) }) })
  return either<Line>(
    [20, Arbitrary.map(line, ({ at, named, rest }) => ({ ...named, ...at, ...rest }) as Line)],
    [1, constant(unreadable)]
  )
}

/** A bulk request of one to four lines. */
export const bulkRequests = (words: BulkWords): Random<CommandOf<"ChangeStock">> =>
  record({
    _tag: constant("ChangeStock"),
    lines: Arbitrary.array(lineOf(words), { minLength: 1, maxLength: 4 }),
    allOrNothing: maybe(4, boolean(8)),
    locationId: maybe(1, words.place),
    reason: maybe(4, constant("nightly feed")),
    reference: maybe(3, oneOf([1, "note-1"], [1, "note-2"])),
    onceOnly: maybe(2, constant(true))
  })
