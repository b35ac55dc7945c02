/**
 * Contract: within one batch, names change hands, also in a swap; and what the batch makes, moves and
 * deletes is written whatever the order of the rows.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { scopeOf } from "../../catalog/batch/batchScope.ts"
import { foldBatch } from "../../catalog/batch/foldBatch.ts"
import type { CatalogCommand } from "../../catalog/messages/CatalogCommand.ts"
import { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import { CatalogStore } from "../../catalog/ports/CatalogStore.ts"
import { readCommand } from "../../catalog/services/readCommand.ts"
import { CommandIds } from "../../engine/CommandIds.ts"
import { Stage } from "../contract/Stage.ts"
import {
  type CatalogIt,
  freshCategory,
  freshCategoryId,
  freshOptionId,
  freshProduct,
  freshProductId,
  readCategory,
  readProduct,
  sellable
} from "./CatalogStage.ts"

type Written = (typeof CatalogCommand)["Encoded"]

/** Runs commands as one batch, in this order. Any refusal is an error. */
const inOneBatch = (...commands: ReadonlyArray<Written>) =>
  Effect.gen(function* () {
    const store = yield* CatalogStore
    const { next } = yield* CommandIds
    const requests = commands.map((written) => {
      const command = readCommand(written as unknown)
      if (Result.isFailure(command)) throw new Error(JSON.stringify(command.failure))
      const origin = { commandId: next(), correlationId: null, traceparent: null, actor: null }
      return { command: command.success as CatalogCommand, origin, key: null }
    })
    const outcomes = yield* store.transact(scopeOf(next(), requests), (loaded) =>
      foldBatch(loaded, requests)
    )
    expect(outcomes.filter(({ _tag }) => _tag !== "Answered")).toEqual([])
  })

/** What one batch may do. */
export const handover = (it: CatalogIt): void => {
  it.effect("lets external ids and slugs change hands within a batch, also in a swap", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const [P, Q, T] = [fresh("p"), fresh("q"), fresh("t")]
      const [left, right] = [
        yield* freshProduct({ externalId: P, slug: P }),
        yield* freshProduct({ externalId: Q, slug: Q })
      ]
      const update = (productId: string, rest: object): Written => ({
        _tag: "UpdateProduct",
        productId,
        ...rest
      })
      yield* inOneBatch(
        update(left.id, { externalId: T }),
        update(right.id, { externalId: P }),
        update(left.id, { externalId: Q }),
        { _tag: "DeleteProduct", productId: right.id },
        update(left.id, { externalId: P, slug: Q }),
        { _tag: "CreateProduct", name: "New", type: "NORMAL", externalId: Q }
      )
      expect(yield* readProduct(left.id)).toMatchObject({ externalId: P, slug: Q, version: 4 })
      const reads = yield* CatalogReads
      expect((yield* reads.productBySlug(Q))?.id).toBe(left.id)
      expect((yield* reads.productBySlug(P))?.id).toBe(left.id)
    })
  )

  it.effect("lets options swap their external ids, and go from product to product", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const [one, two] = [freshOptionId(), freshOptionId()]
      const [x, y] = [fresh("x"), fresh("y")]
      const left = yield* freshProduct({
        options: [
          { optionId: one, ...sellable(), externalId: x },
          { optionId: two, ...sellable(), externalId: y }
        ]
      })
      const right = yield* freshProduct({ options: [] })
      const swapped = [
        { optionId: two, externalId: x },
        { optionId: one, externalId: y }
      ]
      yield* inOneBatch({ _tag: "UpdateProduct", productId: left.id, options: swapped })
      const after = yield* readProduct(left.id)
      expect(after?.options.map(({ externalId, id }) => [id, externalId])).toEqual([
        [two, x],
        [one, y]
      ])
      yield* inOneBatch(
        { _tag: "RemoveOption", productId: left.id, optionId: two },
        { _tag: "AddOption", productId: right.id, optionId: two, ...sellable("b"), externalId: x }
      )
      expect((yield* readProduct(left.id))?.options.map(({ id }) => id)).toEqual([one])
      expect((yield* readProduct(right.id))?.options.map(({ id }) => id)).toEqual([two])
    })
  )

  it.effect("lets siblings swap their names and external ids", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const { id: parentId } = yield* freshCategory()
      const [a, b, other] = [fresh("a"), fresh("b"), fresh("other")]
      const [left, right] = [
        yield* freshCategory(parentId, { name: a, externalId: a }),
        yield* freshCategory(parentId, { name: b, externalId: b })
      ]
      const rename = (categoryId: string, name: string): Written => ({
        _tag: "UpdateCategory",
        categoryId,
        name,
        externalId: name
      })
      yield* inOneBatch(rename(left.id, other), rename(right.id, a), rename(left.id, b))
      expect(yield* readCategory(left.id)).toMatchObject({ name: b, externalId: b, version: 3 })
      expect(yield* readCategory(right.id)).toMatchObject({ name: a, externalId: a })
    })
  )

  it.effect("makes, moves and deletes parts of the tree in one batch", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const [top, low] = [freshCategoryId(), freshCategoryId()]
      const old = yield* freshCategory()
      const child = yield* freshCategory(old.id)
      const { id: productId } = yield* freshProduct({ categoryIds: [old.id] })
      const added = freshProductId()
      yield* inOneBatch(
        { _tag: "CreateCategory", categoryId: top, name: fresh("top") },
        { _tag: "CreateCategory", categoryId: low, name: fresh("low"), parentId: top },
        { _tag: "MoveCategory", categoryId: child.id, parentId: low },
        { _tag: "SetCategories", productId, categoryIds: [low, child.id] },
        { _tag: "DeleteCategory", categoryId: old.id },
        {
          _tag: "CreateProduct",
          productId: added,
          name: "New",
          type: "NORMAL",
          categoryIds: [top]
        }
      )
      expect(yield* readCategory(child.id)).toMatchObject({ parentId: low, level: 2 })
      expect(yield* readCategory(old.id)).toBeUndefined()
      expect((yield* readProduct(productId))?.categories).toEqual([
        { categoryId: low, isPrimary: true },
        { categoryId: child.id, isPrimary: false }
      ])
      expect((yield* readProduct(added))?.categories).toHaveLength(1)
      yield* inOneBatch(
        { _tag: "DeleteProduct", productId },
        { _tag: "DeleteProduct", productId: added },
        { _tag: "DeleteCategory", categoryId: child.id },
        { _tag: "DeleteCategory", categoryId: low },
        { _tag: "DeleteCategory", categoryId: top }
      )
      expect(yield* readCategory(top)).toBeUndefined()
    })
  )
}
