/** Decisions about one option of a product: add, change, remove, map to SKUs. */
import * as Result from "effect/Result"
import type { CommandOf } from "../messages/CatalogCommand.ts"
import { optionOf, type Product } from "../state/Product.ts"
import type { ProductOption } from "../state/ProductOption.ts"
import type { Draft } from "./Draft.ts"
import { type Decided, findOption } from "./lookups.ts"
import { changeProduct, freeOptionIds, knownSkus } from "./products.ts"
import { newOption, placed, translatable, withChanges } from "./proposals.ts"

/** The options with one of them at a position, or where it is; the others keep their order. */
const withOption = (
  options: ReadonlyArray<ProductOption>,
  option: ProductOption,
  position: number | undefined
): ReadonlyArray<ProductOption> => {
  const index = options.findIndex(({ id }) => id === option.id)
  const others = options.filter(({ id }) => id !== option.id)
  const at = position ?? (index < 0 ? others.length : index)
  return placed([...others.slice(0, at), option, ...others.slice(at)])
}

/** Adds an option, at the end unless a position is given. */
export const addOption = (draft: Draft, command: CommandOf<"AddOption">): Decided<Product> =>
  changeProduct(draft, command, (before) =>
    Result.gen(function* () {
      yield* knownSkus(draft, command)
      const { _tag, allowUnknownSkus, expectedVersion, position, productId, ...entry } = command
      const option = newOption(draft, productId, entry)
      if (optionOf(before, option.id) !== undefined) {
        return yield* Result.fail({ _tag: "IdTaken", kind: "option", id: option.id } as const)
      }
      const options = withOption(before.options, option, position)
      yield* translatable({ translations: {}, options: [option] })
      return yield* freeOptionIds(draft, { ...before, options })
    })
  )

/** Changes an option; what is left out stays. */
export const updateOption = (draft: Draft, command: CommandOf<"UpdateOption">): Decided<Product> =>
  changeProduct(draft, command, (before) =>
    Result.gen(function* () {
      const option = yield* findOption(before, command.optionId)
      yield* knownSkus(draft, command)
      const changed = withChanges(option, command)
      yield* translatable({ translations: {}, options: [changed] })
      return { ...before, options: withOption(before.options, changed, command.position) }
    })
  )

/** Removes an option. */
export const removeOption = (draft: Draft, command: CommandOf<"RemoveOption">): Decided<Product> =>
  changeProduct(draft, command, (before) =>
    Result.map(findOption(before, command.optionId), ({ id }) => ({
      ...before,
      options: placed(before.options.filter((option) => option.id !== id))
    }))
  )

/** Sets the SKUs of an option. */
export const setSkuMappings = (
  draft: Draft,
  { _tag, ...command }: CommandOf<"SetSkuMappings">
): Decided<Product> => updateOption(draft, { _tag: "UpdateOption", ...command })
