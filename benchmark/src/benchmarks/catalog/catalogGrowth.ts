/** The same questions to a catalog that has grown large. */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../../Bench.ts"
import { type Contender, type Medians, race } from "../../Contender.ts"
import { asking } from "../../catalog/asking.ts"
import {
  catalogOver,
  fillCatalog,
  growCatalog,
  migrateCatalog,
  numbers,
  type OpenedCatalog,
  wordOf
} from "../../catalog/catalogDatabase.ts"
import { runSql } from "../../database.ts"
import type { Aim } from "../../Report.ts"

const byId = "a product by its id"
const filtered = "page of 20: category, status, price"
const words = "search for two words"

/** How much longer each question may take in the large catalog. */
const bounds: ReadonlyArray<readonly [string, number]> = [
  [byId, 1.5],
  [filtered, 3],
  [words, 5]
]

const counted = (count: number): string => count.toLocaleString("en-US")

const contendersOf = (
  { queries }: OpenedCatalog,
  size: number,
  filled: {
    readonly categoryIds: ReadonlyArray<string>
    readonly productIds: ReadonlyArray<string>
  }
): ReadonlyArray<Contender> => {
  const next = numbers()
  const anyOf = (ids: ReadonlyArray<string>) => ids[next(ids.length)] ?? ""
  const items = <E>(page: Effect.Effect<{ readonly items: ReadonlyArray<unknown> }, E>) =>
    Effect.map(page, ({ items }) => items)
  return [
    asking(`${byId}, of ${counted(size)}`, () =>
      Effect.as(queries.product({ productId: anyOf(filled.productIds) }), [0])
    ),
    asking(`${filtered}, of ${counted(size)}`, () =>
      items(
        queries.products({
          categoryId: anyOf(filled.categoryIds.slice(0, 144)),
          status: "ACTIVE",
          ...{ currency: "EUR", priceFrom: "20", priceTo: "120", sort: "price" },
          size: 20
        })
      )
    ),
    asking(`${words}, of ${counted(size)}`, () =>
      items(queries.products({ q: `${wordOf(next(40))} ${wordOf(next(400))}`, size: 20 }))
    )
  ]
}

const growth = (medians: Medians, name: string, small: number, large: number) => {
  const before = medians.get(`${name}, of ${counted(small)}`)?.p50Micros
  const after = medians.get(`${name}, of ${counted(large)}`)?.p50Micros
  return before === undefined || after === undefined ? undefined : after / before
}

/** Questions to a small catalog and to a large one. */
export const catalogGrowth: Benchmark = {
  name: "catalog-growth",
  onlyWhenAsked: true,
  run: Effect.fnUntraced(function* (bench) {
    const { copy, server } = yield* bench.databases
    const { grown, products } = bench.catalog
    const url = yield* copy("catalog_small")
    yield* migrateCatalog(url)
    bench.race.onTurn?.(`filling a catalog of ${products} products`, 0)
    const filled = yield* Effect.scoped(
      Effect.flatMap(catalogOver(url), (opened) => fillCatalog(opened, products, 1_000))
    )
    yield* runSql(url, "vacuum analyze")
    yield* runSql(server.url(), "create database catalog_large template catalog_small")
    yield* growCatalog(server.url("catalog_large"), bench.catalog, (step) =>
      bench.race.onTurn?.(step, 0)
    )
    const small = contendersOf(yield* catalogOver(url), products, filled)
    const large = contendersOf(yield* catalogOver(server.url("catalog_large")), grown, filled)
    const medians = yield* race(
      small.flatMap((one, n) => [one, large[n] ?? one]),
      bench.race
    )
    return {
      name: "catalog-growth",
      title: "A catalog that has grown",
      about: `One caller asks a catalog of ${counted(products)} products, and one of ${counted(grown)}.`,
      ratioIs: "",
      rows: [...medians].map(([name, sample]) => ({ name, ...sample })),
      aims: bounds.map(
        ([name, most]): Aim => ({
          what: `${name}, large against small`,
          unit: "×",
          bound: { atMost: most },
          measured: growth(medians, name, products, grown)
        })
      )
    }
  })
}
