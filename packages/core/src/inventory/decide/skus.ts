/** Decisions about SKUs: register, update, archive, un-archive. */
import * as Result from "effect/Result"
import { skuIdOf } from "../../kernel/Identifier.ts"
import type { CommandOf } from "../messages/InventoryCommand.ts"
import { type Sku, totalMax } from "../state/Sku.ts"
import * as SkuStock from "../state/SkuStock.ts"
import type { Draft } from "./Draft.ts"
import { type Decided, findLocation, findSku, inUse, takesStock } from "./lookups.ts"

/** Makes a SKU known, with a level at the default location and its initial stock. */
export const registerSku = (draft: Draft, command: CommandOf<"RegisterSku">): Decided<Sku> => {
  const id = command.skuId ?? skuIdOf(draft.origin.commandId)
  const location = findLocation(draft, command.locationId)
  if (Result.isFailure(location)) return Result.fail(location.failure)
  if (draft.stock(id) !== undefined) return Result.fail({ _tag: "IdTaken", kind: "sku", id })
  if (draft.skuIdOfCode(command.code) !== undefined) {
    return Result.fail({ _tag: "SkuCodeTaken", code: command.code })
  }
  const open = takesStock(location.success)
  if (Result.isFailure(open)) return Result.fail(open.failure)
  const sku: Sku = {
    id,
    code: command.code,
    name: command.name,
    description: command.description ?? null,
    weight: command.weight ?? null,
    volume: command.volume ?? null,
    backorderLimit: command.backorderLimit ?? 0,
    safetyStock: command.safetyStock ?? 0,
    lowStockThreshold: command.lowStockThreshold ?? null,
    createdAt: draft.now,
    archivedAt: null
  }
  draft.emit("inventory.sku.created", id, 1, { sku, locationId: draft.defaultLocation.id })
  const quantity = command.initialStock ?? 0
  if (quantity > 0) {
    const reason = "initial stock"
    draft.moveStock(id, location.success.id, { type: "RECEIPT", quantity, reason })
  }
  return Result.succeed(sku)
}

/** Changes the description or the policy of a SKU. A change without effect makes no event. */
export const updateSku = (draft: Draft, command: CommandOf<"UpdateSku">): Decided<Sku> =>
  Result.flatMap(findSku(draft, command.skuId), (stock) => {
    const { _tag, skuId, ...changes } = command
    const owner = command.code === undefined ? undefined : draft.skuIdOfCode(command.code)
    if (owner !== undefined && owner !== skuId) {
      return Result.fail({ _tag: "SkuCodeTaken", code: command.code ?? "" })
    }
    const current = inUse(stock)
    if (Result.isFailure(current)) return Result.fail(current.failure)
    const sku: Sku = { ...stock.sku, ...changes }
    if (SkuStock.totalQuantity(stock) > totalMax(sku)) {
      const message = "is more than can be counted exactly beside the units on hand"
      return Result.fail({ _tag: "InvalidInput", issues: [{ path: "backorderLimit", message }] })
    }
    const isSame = Object.keys(changes).every(
      (key) => sku[key as keyof Sku] === stock.sku[key as keyof Sku]
    )
    if (!isSame) draft.emitSku("inventory.sku.updated", stock, { sku })
    return Result.succeed(sku)
  })

/** Takes a SKU out of use; repeated, it is answered unchanged. */
export const archiveSku = (draft: Draft, command: CommandOf<"ArchiveSku">): Decided<Sku> =>
  Result.flatMap(findSku(draft, command.skuId), (stock) => {
    if (stock.sku.archivedAt !== null) return Result.succeed(stock.sku)
    for (const level of stock.levels) {
      for (const hold of draft.lapsedAt(command.skuId, level.locationId)) {
        draft.free(hold, "EXPIRED")
      }
    }
    const current = draft.stock(command.skuId) ?? stock
    const totalQuantity = current.levels.reduce((sum, level) => sum + level.totalQuantity, 0)
    const reservedQuantity = current.levels.reduce((sum, level) => sum + level.reservedQuantity, 0)
    if (totalQuantity > 0 || reservedQuantity > 0) {
      const skuId = command.skuId
      return Result.fail({ _tag: "SkuNotEmpty", skuId, totalQuantity, reservedQuantity })
    }
    const sku: Sku = { ...stock.sku, archivedAt: draft.now }
    draft.emitSku("inventory.sku.archived", current, { sku })
    return Result.succeed(sku)
  })

/** Takes an archived SKU into use again. A repeat is answered unchanged. */
export const unarchiveSku = (draft: Draft, command: CommandOf<"UnarchiveSku">): Decided<Sku> =>
  Result.flatMap(findSku(draft, command.skuId), (stock) => {
    if (stock.sku.archivedAt === null) return Result.succeed(stock.sku)
    const { code } = stock.sku
    if (draft.skuIdOfCode(code) !== undefined) return Result.fail({ _tag: "SkuCodeTaken", code })
    const sku: Sku = { ...stock.sku, archivedAt: null }
    draft.emitSku("inventory.sku.unarchived", stock, { sku })
    return Result.succeed(sku)
  })
