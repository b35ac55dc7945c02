/** A count of one SKU at one location, in a file: what the total is to be. */
import * as Schema from "effect/Schema"
import { OnShortfall } from "../../inventory/messages/MovementCommands.ts"
import { SkuCode } from "../../inventory/state/Sku.ts"
import { Reason, Reference } from "../../inventory/state/StockMovement.ts"
import { LocationId, SkuId } from "../../kernel/Identifier.ts"
import { CountedQuantity } from "../../kernel/Quantity.ts"
import { type Column, textCells, wholeCells, wordCells } from "./Column.ts"

const optional = Schema.optionalKey

/** A count in a file. */
export const StockRecord = Schema.Struct({
  code: optional(SkuCode),
  skuId: optional(SkuId),
  locationId: optional(LocationId),
  quantity: CountedQuantity,
  expectedQuantity: optional(CountedQuantity),
  onShortfall: optional(OnShortfall),
  reference: optional(Reference),
  reason: optional(Reason)
})
export interface StockRecord extends Schema.Schema.Type<typeof StockRecord> {}

/** The columns of stock. */
export const stockColumns: ReadonlyArray<Column> = [
  { name: "code", path: "code", holds: "the code of the SKU", ...textCells },
  { name: "skuId", path: "skuId", holds: "its id, in place of the code", ...textCells },
  {
    name: "locationId",
    path: "locationId",
    holds: "where it was counted; the default location unless given",
    ...textCells
  },
  { name: "quantity", path: "quantity", holds: "the units that were counted", ...wholeCells },
  {
    name: "expectedQuantity",
    path: "expectedQuantity",
    holds: "the total that it replaces; with another one the row is refused",
    ...wholeCells
  },
  {
    name: "onShortfall",
    path: "onShortfall",
    holds: "when fewer are there than promised: REFUSE (default), RELEASE_NEWEST or ACCEPT",
    ...wordCells
  },
  {
    name: "reference",
    path: "reference",
    holds: "a reference for the ledger, such as that of the stock-take",
    ...textCells
  },
  { name: "reason", path: "reason", holds: "a reason for the ledger", ...textCells }
]
