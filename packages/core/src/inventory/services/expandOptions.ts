/**
 * Lines that name options become lines of SKUs, by what the catalog answers now. It is asked before
 * a command enters the engine, so that no transaction is open meanwhile, for every command:
 * an answer that was kept could hold the wrong goods.
 */
import * as Effect from "effect/Effect"
import type { OptionId } from "../../kernel/Identifier.ts"
import type * as InvalidInput from "../../kernel/InvalidInput.ts"
import { quantityMax } from "../../kernel/Quantity.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { ReserveLine } from "../messages/InventoryCommand.ts"
import type { RefusalOf } from "../messages/InventoryError.ts"
import { orderLinesMax } from "../messages/linesBound.ts"
import type { SkuLine } from "../messages/SkuCommand.ts"
import type { MappedOption, OptionMappings } from "../ports/OptionMappings.ts"

/** Why options could not be taken for SKUs. */
export type Unmapped = RefusalOf<"InvalidInput" | "UnknownOption" | "OptionNotForSale">

type Options = ReadonlyMap<OptionId, MappedOption>

const invalid = (
  issues: ReadonlyArray<InvalidInput.FieldIssue>
): Effect.Effect<never, InvalidInput.InvalidInput> => Effect.fail({ _tag: "InvalidInput", issues })

/** The refusal of options that are unknown, or that the catalog does not sell. */
const refusalOf = (optionIds: ReadonlyArray<OptionId>, known: Options): Unmapped | undefined => {
  const unknown = optionIds.filter((id) => (known.get(id)?._tag ?? "Unknown") === "Unknown")
  if (unknown.length > 0) return { _tag: "UnknownOption", optionIds: unknown, hasCatalog: true }
  const options = optionIds.flatMap((optionId) => {
    const option = known.get(optionId)
    return option?._tag === "NotForSale"
      ? [{ optionId, productId: option.productId, reason: option.reason }]
      : []
  })
  return options.length > 0 ? { _tag: "OptionNotForSale", options } : undefined
}

/** The lines of SKUs that a line becomes. */
const linesOf = (asked: ReserveLine, line: number, known: Options): ReadonlyArray<SkuLine> => {
  const { locationId, lineId, optionId, quantity, reservationId, skuId } = asked
  const rest = {
    line,
    ...(locationId === undefined ? undefined : { locationId }),
    ...(lineId === undefined ? undefined : { lineId })
  }
  if (skuId !== undefined) {
    return [{ ...rest, skuId, quantity, ...(reservationId && { reservationId }) }]
  }
  const option = optionId === undefined ? undefined : known.get(optionId)
  if (option?._tag !== "ForSale") throw new Error(`line ${line} has no SKU`)
  return option.skuMappings.map((mapping) => ({
    ...rest,
    skuId: mapping.skuId,
    quantity: quantity * mapping.quantity,
    option: { optionId: option.optionId, perBundle: mapping.quantity }
  }))
}

/** What is too much of the lines: their number, or the units of one. */
const boundsOf = (lines: ReadonlyArray<SkuLine>): ReadonlyArray<InvalidInput.FieldIssue> => {
  if (lines.length > orderLinesMax) {
    const message = `are ${lines.length} lines of SKUs, and must be at most ${orderLinesMax}`
    return [{ path: "lines", message }]
  }
  return lines.flatMap(({ line, quantity, skuId }) =>
    quantity > quantityMax
      ? [
          {
            path: `lines.${line}.quantity`,
            message: `is ${quantity} units of the SKU "${skuId}", and must be at most ${quantityMax}`
          }
        ]
      : []
  )
}

/** Lines of SKUs, made of lines of which some name options. */
export const expandOptions = (
  catalog: OptionMappings["Service"],
  lines: ReadonlyArray<ReserveLine>
): Effect.Effect<ReadonlyArray<SkuLine>, Unmapped | StoreError> => {
  const optionIds = [...new Set(lines.flatMap(({ optionId }) => optionId ?? []))]
  if (!catalog.isJoined) {
    return Effect.fail({ _tag: "UnknownOption", optionIds, hasCatalog: false })
  }
  return Effect.flatMap(catalog.optionsOf(optionIds), (options) => {
    const known: Options = new Map(options.map((option) => [option.optionId, option]))
    const refusal = refusalOf(optionIds, known)
    if (refusal !== undefined) return Effect.fail(refusal)
    const expanded = lines.flatMap((line, index) => linesOf(line, index, known))
    const issues = boundsOf(expanded)
    return issues.length > 0 ? invalid(issues) : Effect.succeed(expanded)
  })
}
