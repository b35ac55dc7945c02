/**
 * What the catalog asks of the inventory, over any way to ask for stock: the reads of the same
 * process, or an inventory that is reached over a network. It never fails and never takes long: stock
 * that is not answered in time is Unknown.
 */
import * as Effect from "effect/Effect"
import type { SkuStock, StockStatus } from "../catalog/ports/StockStatus.ts"
import { wordsOf } from "../events/relay/Troubles.ts"
import { awaitAtMost } from "../events/relay/withGrace.ts"
import type { OptionId, SkuId } from "../kernel/Identifier.ts"
import type { StoreError } from "../kernel/StoreError.ts"

/** The stock of a SKU that the inventory knows, in units. */
export type KnownStock = Omit<Extract<SkuStock, { readonly _tag: "Known" }>, "_tag">

/** A way to ask an inventory. */
export interface AskedInventory<E> {
  /** The stock of up to 1,000 SKUs, true at one instant. Those that it leaves out do not exist. */
  readonly stockOf: (skuIds: ReadonlyArray<SkuId>) => Effect.Effect<ReadonlyArray<KnownStock>, E>
  /** Those of the options through which open holds were made. */
  readonly heldOptions: (
    optionIds: ReadonlyArray<OptionId>
  ) => Effect.Effect<ReadonlyArray<OptionId>, StoreError>
}

/** How long the catalog waits for the inventory. */
export interface StockStatusOptions {
  /** How long one question may take, in milliseconds: 2,000. Then the stock is unknown. */
  readonly answerMillisMax?: number | undefined
}

/** SKUs that are asked for at once. */
const skusAtOnce = 1_000

const parts = function* <A>(all: ReadonlyArray<A>): Generator<ReadonlyArray<A>> {
  for (let from = 0; from < all.length; from += skusAtOnce) yield all.slice(from, from + skusAtOnce)
}

/**
 * The port over a way to ask. The first question that fails is logged as a warning, and so is the
 * next that is answered.
 */
export const stockStatusOver = <E>(
  { heldOptions, stockOf }: AskedInventory<E>,
  { answerMillisMax = 2_000 }: StockStatusOptions = {}
): StockStatus["Service"] => {
  let isAway = false
  const noteAway = (why: string) =>
    Effect.suspend(() => {
      const isFirst = !isAway
      isAway = true
      return isFirst
        ? Effect.logWarning(`the inventory does not answer, so stock is shown as unknown: ${why}`)
        : Effect.void
    })
  const noteBack = Effect.suspend(() => {
    const wasAway = isAway
    isAway = false
    return wasAway ? Effect.logInfo("the inventory answers again") : Effect.void
  })

  const unknown = (skuIds: ReadonlyArray<SkuId>): ReadonlyArray<SkuStock> =>
    skuIds.map((skuId) => ({ _tag: "Unknown", skuId }))
  const known = (skuIds: ReadonlyArray<SkuId>, found: ReadonlyArray<KnownStock>) => {
    const byId = new Map(found.map((stock) => [stock.skuId, stock]))
    return skuIds.map((skuId): SkuStock => {
      const stock = byId.get(skuId)
      return stock === undefined ? { _tag: "Missing", skuId } : { _tag: "Known", ...stock }
    })
  }

  const ask = (skuIds: ReadonlyArray<SkuId>): Effect.Effect<ReadonlyArray<SkuStock>> =>
    awaitAtMost(stockOf(skuIds), answerMillisMax).pipe(
      Effect.flatMap((found) =>
        found === undefined
          ? Effect.as(
              noteAway(`it took longer than ${answerMillisMax} milliseconds`),
              unknown(skuIds)
            )
          : Effect.as(noteBack, known(skuIds, found))
      ),
      Effect.catchCause((cause) => Effect.as(noteAway(wordsOf(cause)), unknown(skuIds)))
    )

  return {
    isJoined: true,
    stockOf: (skuIds) =>
      Effect.map(Effect.forEach(parts([...new Set(skuIds)]), ask), (answers) => answers.flat()),
    heldOptions
  }
}
