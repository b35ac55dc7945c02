/** Reading and changing a catalog of a common size. */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../../Bench.ts"
import { type Medians, race } from "../../Contender.ts"
import { asking } from "../../catalog/asking.ts"
import {
  catalogOver,
  categoryCount,
  fillCatalog,
  migrateCatalog,
  numbers
} from "../../catalog/catalogDatabase.ts"
import { pagesByHand } from "../../catalog/pageStatement.ts"
import { runSql } from "../../database.ts"

const page = "page of 50 products, with everything"
const byHand = "the same, written by hand"
const tree = "the whole tree"
const change = "new prices for all of 1,000 options, in one request"

const slower = (medians: Medians): number | undefined => {
  const ours = medians.get(page)?.p50Micros
  const theirs = medians.get(byHand)?.p50Micros
  return ours === undefined || theirs === undefined ? undefined : ours / theirs
}

const optionsOf = (price: number) =>
  Array.from({ length: 1_000 }, (_, n) => ({
    name: `option ${n}`,
    price: { amount: `${price}.00`, currency: "EUR" },
    skuMappings: [{ skuId: `large-${n}`, quantity: 1 }]
  }))

/** Pages, the tree, and one large product. */
export const catalog: Benchmark = {
  name: "catalog",
  run: Effect.fnUntraced(function* (bench) {
    const { copy } = yield* bench.databases
    const { products } = bench.catalog
    const url = yield* copy("catalog")
    yield* migrateCatalog(url)
    const opened = yield* catalogOver(url)
    bench.race.onTurn?.(`filling a catalog of ${products} products`, 0)
    const { categoryIds } = yield* fillCatalog(opened, products, categoryCount)
    const large = yield* Effect.orDie(
      opened.catalog.createProduct({ name: "large", type: "NORMAL", options: optionsOf(1) })
    )
    yield* runSql(url, "vacuum analyze", "checkpoint")
    const pageByHand = yield* pagesByHand(url)
    const roots = categoryIds.slice(0, 12)
    const [ourNumber, theirNumber] = [numbers(), numbers()]
    const rootOf = (next: (bound: number) => number) => roots[next(roots.length)] ?? ""
    let price = 1
    const contenders = [
      asking(page, () =>
        Effect.map(
          opened.queries.products({ categoryId: rootOf(ourNumber), status: "ACTIVE", size: 50 }),
          ({ items }) => items
        )
      ),
      asking(byHand, () => pageByHand(rootOf(theirNumber), 50)),
      asking(tree, () =>
        Effect.map(opened.queries.categoryTree({}), ({ categories }) => categories)
      ),
      asking(change, () => {
        price += 1
        const options = large.options.map(({ id }) => ({
          optionId: id,
          price: { amount: `${price}.00`, currency: "EUR" }
        }))
        return Effect.map(
          opened.catalog.updateProduct({ productId: large.id, options }),
          ({ options }) => options
        )
      })
    ]
    const medians = yield* race(contenders, bench.race)
    const times = slower(medians)
    const treeMicros = medians.get(tree)?.p50Micros
    return {
      name: "catalog",
      title: "A catalog",
      about:
        `${products.toLocaleString("en-US")} products with two options each, in ${categoryCount.toLocaleString("en-US")} categories; ` +
        "one caller. A page is of a category with all that is below it.",
      ratioIs: "takes longer",
      rows: [...medians].map(([name, sample]) => ({
        name,
        ...sample,
        ...(name === page && times !== undefined ? { ratio: times } : {})
      })),
      aims: [
        {
          what: "page of 50, against the statement by hand",
          unit: "×",
          bound: { atMost: 1.5 },
          measured: times
        },
        {
          what: `tree of ${categoryCount.toLocaleString("en-US")} categories`,
          unit: "ms",
          bound: { atMost: 20 },
          measured: treeMicros === undefined ? undefined : treeMicros / 1_000
        }
      ]
    }
  })
}
