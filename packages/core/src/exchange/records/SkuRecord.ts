/** A SKU in a file. It is known by its code, or by its id. */
import * as Schema from "effect/Schema"
import { SkuCode, SkuDescription, SkuName } from "../../inventory/state/Sku.ts"
import { LocationId, SkuId } from "../../kernel/Identifier.ts"
import { CountedQuantity, Measure } from "../../kernel/Quantity.ts"
import {
  type Column,
  clearableDecimal,
  clearableText,
  clearableWhole,
  textCells,
  wholeCells
} from "./Column.ts"

const optional = Schema.optionalKey
const optionalOrNull = <S extends Schema.Constraint>(schema: S) =>
  Schema.optionalKey(Schema.NullOr(schema))

/** A SKU in a file. `initialStock` at `locationId` is for a SKU that is not there yet. */
export const SkuRecord = Schema.Struct({
  code: SkuCode,
  skuId: optional(SkuId),
  name: optional(SkuName),
  description: optionalOrNull(SkuDescription),
  weight: optionalOrNull(Measure),
  volume: optionalOrNull(Measure),
  backorderLimit: optional(CountedQuantity),
  safetyStock: optional(CountedQuantity),
  lowStockThreshold: optionalOrNull(CountedQuantity),
  initialStock: optional(CountedQuantity),
  locationId: optional(LocationId)
})
export interface SkuRecord extends Schema.Schema.Type<typeof SkuRecord> {}

/** The columns of SKUs. */
export const skuColumns: ReadonlyArray<Column> = [
  { name: "code", path: "code", holds: "the code by which the SKU is known", ...textCells },
  {
    name: "skuId",
    path: "skuId",
    holds: "the id; a new SKU without one gets one. With it the code may change",
    ...textCells
  },
  { name: "name", path: "name", holds: "the name; required for a new SKU", ...textCells },
  { name: "description", path: "description", holds: "the description", ...clearableText },
  { name: "weight", path: "weight", holds: "kilograms, three decimals", ...clearableDecimal },
  { name: "volume", path: "volume", holds: "litres, three decimals", ...clearableDecimal },
  {
    name: "backorderLimit",
    path: "backorderLimit",
    holds: "units that may be promised beyond the stock",
    ...wholeCells
  },
  {
    name: "safetyStock",
    path: "safetyStock",
    holds: "units that are never promised",
    ...wholeCells
  },
  {
    name: "lowStockThreshold",
    path: "lowStockThreshold",
    holds: "units at which a warning is raised",
    ...clearableWhole
  },
  {
    name: "initialStock",
    path: "initialStock",
    holds: "units that a new SKU begins with; a SKU that is there keeps its stock",
    ...wholeCells
  },
  {
    name: "locationId",
    path: "locationId",
    holds: "where they are; the default location unless given",
    ...textCells
  }
]
