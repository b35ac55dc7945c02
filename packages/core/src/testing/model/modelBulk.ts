/**
 * How the reference model takes a bulk request: line by line, each on a copy first. The copy of a
 * refused line is thrown away, and the others go on without it.
 */
import type { CommandOf } from "../../inventory/messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../../inventory/messages/InventoryError.ts"
import type { SkuId } from "../../kernel/Identifier.ts"
import { type ModelHold, ModelStock } from "./ModelStock.ts"
import { moveGoods, type Predicted } from "./modelMovements.ts"

type Bulk = CommandOf<"ChangeStock">
type Line = Exclude<Bulk["lines"][number], { readonly type: "UNREADABLE" }>

/** Takes the lines of a bulk request. */
export const takeLines = (stock: ModelStock, command: Bulk): Predicted => {
  const refused: Array<{ line: number; refusal: InventoryRefusal }> = []
  const holds: Array<ModelHold> = []
  const counts = new Map<string, number>()
  for (const [line, asked] of command.lines.entries()) {
    const taken = takeLine(stock, asked, line, command, counts)
    if ("holds" in taken) holds.push(...taken.holds)
    else refused.push({ line, refusal: taken.refusal })
  }
  if (command.allOrNothing !== true || refused.length === 0) return { holds, refused }
  const issues = refused.flatMap(({ line, refusal }) =>
    command.lines[line]?.type === "UNREADABLE" && "issues" in refusal ? refusal.issues : []
  )
  if (issues.length > 0) return { refusal: { _tag: "InvalidInput", issues } }
  return { refusal: { _tag: "LinesRefused", lines: refused as never } }
}

const takeLine = (
  stock: ModelStock,
  asked: Bulk["lines"][number],
  line: number,
  command: Bulk,
  counts: Map<string, number>
): Predicted => {
  const bad = (path: string, message: string): Predicted => ({
    refusal: { _tag: "InvalidInput", issues: [{ path: `lines.${line}.${path}`, message }] }
  })
  if (asked.type === "UNREADABLE") {
    const [issue] = asked.issues
    return bad(issue?.path ?? "", issue?.message ?? "")
  }
  if (asked.type === "ADJUSTMENT" && (asked.reason ?? command.reason ?? null) === null) {
    return bad("reason", "is required for an adjustment; give it here, or once for all lines")
  }
  const reference = asked.reference === undefined ? command.reference : asked.reference
  if ((asked.onceOnly ?? command.onceOnly) === true && typeof reference !== "string") {
    return bad("onceOnly", "is for a reference; give one here, or once for all lines")
  }
  const skuId = asked.skuId ?? stock.ownerOf(asked.code)
  if (skuId === undefined) {
    return { refusal: { _tag: "SkuCodeNotFound", codes: [asked.code ?? ""] } }
  }
  const locationId = asked.locationId ?? command.locationId ?? stock.defaultPlace.id
  const place = `${skuId} at ${locationId}`
  const earlier = counts.get(place)
  if (asked.type === "COUNT" && earlier !== undefined) {
    return bad("countedQuantity", `line ${earlier} counts the same SKU at the same location`)
  }
  const moves = (on: ModelStock) => moveGoods(on, meant(asked, skuId, locationId, command), command)
  const tried = moves(new ModelStock(stock))
  if ("refusal" in tried) return { refusal: shortened(tried.refusal) }
  if (asked.type === "COUNT") counts.set(place, line)
  return moves(stock)
}

const meant = (line: Line, skuId: SkuId, locationId: ModelHold["locationId"], command: Bulk) => {
  const reference = line.reference === undefined ? command.reference : line.reference
  const onceOnly = line.onceOnly ?? command.onceOnly ?? false
  const shared = { skuId, locationId, onceOnly, reference: reference ?? null }
  switch (line.type) {
    case "COUNT":
      return { ...line, _tag: "CountStock" as const, ...shared }
    case "RECEIPT":
      return { ...line, _tag: "ReceiveStock" as const, ...shared }
    case "ADJUSTMENT":
      return { ...line, _tag: "AdjustStock" as const, ...shared, reason: "as the request" }
  }
}

/** A refused line lists at most five holds; the others only add up. */
const shortened = (refusal: InventoryRefusal): InventoryRefusal => {
  if (refusal._tag !== "PromisesInTheWay") return refusal
  const unlisted = refusal.holds.slice(5).reduce((sum, hold) => sum + hold.quantity, 0)
  return {
    ...refusal,
    holds: refusal.holds.slice(0, 5),
    unlistedQuantity: refusal.unlistedQuantity + unlisted
  }
}
