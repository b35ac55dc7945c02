/** SKUs and counts of a file as commands. */
import * as Effect from "effect/Effect"
import type { InventoryTypes } from "../../inventory/batch/inventoryDomain.ts"
import type { InventoryAnswer } from "../../inventory/messages/InventoryAnswer.ts"
import type { StockReads } from "../../inventory/ports/StockReads.ts"
import type { Sku } from "../../inventory/state/Sku.ts"
import type { ReadRecord } from "../records/FileRecord.ts"
import type { SkuRecord } from "../records/SkuRecord.ts"
import { listed } from "./listed.ts"
import { type Plan, type Refused, wrongAt } from "./Plan.ts"

type Command = InventoryTypes["request"]["command"]
type StockPlan = Plan<Command, InventoryAnswer>

const pathOfSku = ({ _tag }: Refused): string => {
  switch (_tag) {
    case "SkuIdTaken":
    case "IdTaken":
      return "skuId"
    case "LocationNotFound":
    case "LocationUnavailable":
      return "locationId"
    default:
      return "code"
  }
}

const comparable = [
  "code",
  "name",
  "description",
  "weight",
  "volume",
  "backorderLimit",
  "safetyStock",
  "lowStockThreshold"
] as const

const isAsGiven = (sku: Sku, record: SkuRecord): boolean =>
  comparable.every((field) => {
    const given = record[field]
    if (given === undefined || given === sku[field]) return true
    return field === "description" && given === null && sku.description === ""
  })

/** Plans SKUs over what is there: registered where they are new, else changed. */
export const planSkus =
  (reads: StockReads["Service"]) => (records: ReadonlyArray<ReadRecord<"skus">>) =>
    Effect.gen(function* () {
      const ids = listed(records.map(({ value }) => value.skuId))
      const byId = new Map((yield* reads.stock(ids)).map(({ sku }) => [sku.id, sku]))
      const codes = listed(records.map(({ value }) => value.code))
      const byCode = new Map((yield* reads.skusByCodes(codes)).map((sku) => [sku.code, sku]))
      return records.map((record): StockPlan => {
        const { initialStock, locationId, skuId, ...fields } = record.value
        const before = skuId === undefined ? byCode.get(fields.code) : byId.get(skuId)
        if (before !== undefined) {
          const commands = isAsGiven(before, record.value)
            ? []
            : [{ _tag: "UpdateSku" as const, skuId: before.id, ...fields }]
          const verdict = () => (commands.length === 0 ? "unchanged" : "updated")
          return { _tag: "Do", commands, verdict, pathOf: pathOfSku }
        }
        const { name } = fields
        if (name === undefined) {
          return wrongAt(record, "name", "InvalidInput", "is required for a new SKU")
        }
        const command: Command = {
          _tag: "RegisterSku",
          ...fields,
          name,
          ...(skuId === undefined ? {} : { skuId }),
          ...(initialStock === undefined ? {} : { initialStock }),
          ...(locationId === undefined ? {} : { locationId })
        }
        return { _tag: "Do", commands: [command], verdict: () => "created", pathOf: pathOfSku }
      })
    })

const pathOfCount = ({ _tag }: Refused): string => {
  switch (_tag) {
    case "LocationNotFound":
    case "LocationUnavailable":
      return "locationId"
    case "SkuNotFound":
    case "SkuArchived":
      return "code"
    case "StaleExpectation":
      return "expectedQuantity"
    default:
      return "quantity"
  }
}

/**
 * Plans counts. Each has a key of its own, so that one whose answer was lost is not made a second
 * time over what was sold meanwhile.
 */
export const planCounts =
  (reads: StockReads["Service"], keyOf: (record: number) => string | undefined) =>
  (records: ReadonlyArray<ReadRecord<"stock">>) =>
    Effect.gen(function* () {
      const codes = listed(
        records.map(({ value }) => (value.skuId === undefined ? value.code : undefined))
      )
      const found = codes.length === 0 ? [] : yield* reads.skusByCodes(codes)
      const byCode = new Map(found.map(({ code, id }) => [code, id]))
      return records.map((record): StockPlan => {
        const { code = "", quantity: countedQuantity, skuId: ownId, ...fields } = record.value
        const skuId = ownId ?? byCode.get(code)
        if (skuId === undefined) {
          return wrongAt(record, "code", "SkuNotFound", `no SKU has the code "${code}"`)
        }
        return {
          _tag: "Do",
          commands: [{ _tag: "CountStock", skuId, countedQuantity, ...fields }],
          verdict: ([answer]) =>
            answer !== undefined && "movements" in answer && answer.movements.length === 0
              ? "unchanged"
              : "updated",
          pathOf: pathOfCount,
          key: keyOf(record.number)
        }
      })
    })
