/** A catalog for the tests of what is reserved by option, joined to an engine of their own. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type MappedOption, OptionMappings } from "../../inventory/ports/OptionMappings.ts"
import { Inventory } from "../../inventory/services/Inventory.ts"
import { InventoryQueries } from "../../inventory/services/InventoryQueries.ts"
import { OptionId, ProductId, type SkuId } from "../../kernel/Identifier.ts"
import { StoreError } from "../../kernel/StoreError.ts"
import { anotherEngine, freshSku, type OnStage, Stage } from "./Stage.ts"

let options = 0

/** An id that no other option has. */
export const freshOption = (): OptionId =>
  OptionId.make(`00000000-0000-7000-8000-${String(++options).padStart(12, "0")}`)

/** The product of every option. */
export const productId = ProductId.make("00000000-0000-7000-8000-ffffffffffff")

/** A catalog that answers what a test says. */
export class GivenCatalog {
  readonly options = new Map<OptionId, MappedOption>()
  isAway = false

  readonly layer = Layer.succeed(OptionMappings, {
    isJoined: true,
    optionsOf: (ids) =>
      Effect.suspend(() =>
        this.isAway
          ? Effect.fail(
              new StoreError({ reason: "Unavailable", message: "the catalog does not answer" })
            )
          : Effect.succeed(
              ids.map((optionId) => this.options.get(optionId) ?? { _tag: "Unknown", optionId })
            )
      )
  })

  /** Sells an option that takes so many units of each SKU. */
  sells(mapping: ReadonlyArray<readonly [SkuId, number]>, optionId = freshOption()): OptionId {
    const skuMappings = mapping.map(([skuId, quantity]) => ({ skuId, quantity }))
    this.options.set(optionId, { _tag: "ForSale", optionId, productId, skuMappings })
    return optionId
  }
}

/** Runs a test with a catalog joined to an engine of its own. */
export const joined = <A, E>(
  test: (catalog: GivenCatalog) => Effect.Effect<A, E, OnStage | InventoryQueries | Scope.Scope>
) =>
  Effect.suspend(() => {
    const catalog = new GivenCatalog()
    return Effect.gen(function* () {
      const inventory = yield* anotherEngine()
      return yield* test(catalog).pipe(
        Effect.provide(InventoryQueries.layer),
        Effect.provideService(Inventory, inventory)
      )
    }).pipe(Effect.provide(catalog.layer))
  })

/** Two SKUs in stock, and an option that takes one of the first and two of the second. */
export const set = (catalog: GivenCatalog, [mugs, teas]: readonly [number, number] = [5, 10]) =>
  Effect.gen(function* () {
    const { fresh } = yield* Stage
    const [mug, tea] = [yield* freshSku(mugs), yield* freshSku(teas)]
    const optionId = catalog.sells([
      [mug, 1],
      [tea, 2]
    ])
    return { mug, tea, optionId, orderId: fresh("order") }
  })
