/**
 * A catalog as shops have it: a tree of categories, and products with two options, an image and a
 * place in the tree. The first ones are made through the engine; a large catalog is grown of copies
 * of these by set-based SQL, each with ids and SKUs of its own.
 */
import {
  layerCatalogMigrations,
  layerCatalogStorage,
  layerPostgres
} from "@holdfast/adapter-pg/effect"
import { Catalog, CatalogQueries, StockStatus } from "@holdfast/core/catalog"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { runSql } from "../database.ts"

/** How many products there are, how many in the large catalog, and how many are read through caches. */
export interface CatalogSize {
  readonly products: number
  readonly grown: number
  readonly cached: number
}

/** Categories, of which 12 are roots: as many as a large shop for electronics has. */
export const categoryCount = 4_584

const rootCount = 12
const wordCount = 3_000

/** Numbers below a bound, in a sequence that every run repeats. */
export const numbers = (): ((bound: number) => number) => {
  let word = 88_172_645
  return (bound) => {
    word ^= word << 13
    word ^= word >>> 17
    word ^= word << 5
    return (word >>> 0) % bound
  }
}

const syllables = ["ka", "lo", "mi", "ter", "su", "ven", "pra", "do", "ni", "zel", "bo", "qui"]

/** The n-th word of the shop's language. */
export const wordOf = (n: number): string =>
  [n, Math.floor(n / 12), Math.floor(n / 144), 7 * n].map((at) => syllables[at % 12]).join("")

/** Words as people use them: a few often, most of them seldom. */
export const wordsOf = (next: (bound: number) => number, count: number): string =>
  Array.from({ length: count }, () => wordOf(next(next(wordCount) + 1))).join(" ")

/** The catalog over a database, with reads of its own. */
export const catalogOver = Effect.fnUntraced(function* (url: string) {
  const connected = Layer.provide(layerCatalogStorage(), layerPostgres({ url }))
  const layer = Layer.mergeAll(Catalog.layer(), CatalogQueries.layer).pipe(
    Layer.provide(StockStatus.layerNone),
    Layer.provideMerge(connected)
  )
  const context = yield* Layer.build(Layer.orDie(layer))
  return {
    context,
    catalog: Context.get(context, Catalog),
    queries: Context.get(context, CatalogQueries)
  }
})

/** A catalog that is open. */
export type OpenedCatalog = Effect.Success<ReturnType<typeof catalogOver>>

/** Makes the tables of the catalog in a database. */
export const migrateCatalog = (url: string): Effect.Effect<void> =>
  Effect.scoped(
    Effect.asVoid(
      Layer.build(Layer.orDie(Layer.provide(layerCatalogMigrations(), layerPostgres({ url }))))
    )
  )

/** Makes a tree of categories, and answers with their ids; the roots come first. */
const makeCategories = Effect.fnUntraced(function* ({ catalog }: OpenedCatalog, count: number) {
  const ids: Array<string> = []
  const make = (n: number, parentId?: string) =>
    catalog.createCategory({ name: `category ${n}`, ...(parentId && { parentId }) })
  while (ids.length < count) {
    // A level at a time: each category of the tree so far gets up to eleven below it.
    const left = count - ids.length
    const begin = ids.length
    const some = begin === 0 ? Math.min(rootCount, left) : Math.min(begin * 11, left)
    const places = Array.from({ length: some }, (_, n) => begin + n)
    const made = yield* Effect.forEach(
      places,
      (n) => make(n, begin === 0 ? undefined : ids[n % begin]),
      { concurrency: 500 }
    )
    ids.push(...made.map(({ id }) => id))
  }
  return ids
})

const makeProducts = (
  { catalog }: OpenedCatalog,
  count: number,
  categoryIds: ReadonlyArray<string>
) => {
  const next = numbers()
  const option = (n: number, side: string) => ({
    name: side,
    price: { amount: `${1 + next(200)}.90`, currency: "EUR" },
    skuMappings: [{ skuId: `sku-${n}-${side}`, quantity: 1 }]
  })
  const inputs = Array.from({ length: count }, (_, n) => ({
    name: `${wordsOf(next, 3)} ${n}`,
    description: wordsOf(next, 8),
    type: "NORMAL" as const,
    status: next(20) === 0 ? ("DRAFT" as const) : ("ACTIVE" as const),
    images: [{ url: `/images/${n}.jpg` }],
    options: [option(n, "left"), option(n, "right")],
    categoryIds: [categoryIds[next(categoryIds.length)] ?? ""]
  }))
  return Effect.forEach(inputs, (input) => catalog.createProduct(input), { concurrency: 500 })
}

/** Fills a new catalog, and answers with the ids of its products and categories. */
export const fillCatalog = Effect.fnUntraced(function* (
  opened: OpenedCatalog,
  products: number,
  categories: number
) {
  const categoryIds = yield* makeCategories(opened, categories)
  const made = yield* makeProducts(opened, products, categoryIds)
  return { categoryIds, productIds: made.map(({ id }) => id) }
}, Effect.orDie)

const copyOf = (id: string) => `md5(${id}::text || n)::uuid`

/** The rows of copies from the `first` to the `last`, table by table. */
const copies = (first: number, last: number): ReadonlyArray<string> => {
  const of = (table: string) =>
    `from catalog.first_${table} t, generate_series(${first}, ${last}) n`
  return [
    `insert into catalog.products (id, name, description, translations, type, status, version, revision,
       lowest_price, highest_price, currency, created_at, updated_at)
     select ${copyOf("id")}, name || ' ' || n, description, translations, type, status, version, revision,
       lowest_price, highest_price, currency, created_at + n * interval '1 ms', updated_at ${of("products")}`,
    `insert into catalog.product_options (id, product_id, name, translations, price, currency, status,
       status_by, position, created_at)
     select ${copyOf("id")}, ${copyOf("product_id")}, name, translations, price, currency, status, status_by,
       position, created_at ${of("product_options")}`,
    `insert into catalog.sku_mappings (option_id, sku_id, product_id, quantity, position)
     select ${copyOf("option_id")}, sku_id || '-' || n, ${copyOf("product_id")}, quantity, position
     ${of("sku_mappings")}`,
    `insert into catalog.product_images (product_id, position, url, alt, is_primary)
     select ${copyOf("product_id")}, position, url, alt, is_primary ${of("product_images")}`,
    `insert into catalog.product_categories (product_id, category_id, is_primary, position, status, type, name,
       currency, lowest_price, highest_price, created_at)
     select ${copyOf("product_id")}, category_id, is_primary, position, status, type, name || ' ' || n,
       currency, lowest_price, highest_price, created_at + n * interval '1 ms' ${of("product_categories")}`,
    `insert into catalog.product_search (product_id, words, text)
     select ${copyOf("product_id")}, words, text ${of("product_search")}`
  ]
}

const copiedTables = [
  "products",
  "product_options",
  "sku_mappings",
  "product_images",
  "product_categories",
  "product_search"
]

/** Copies that one round of statements makes. */
const copiesOfRound = 5

/** Grows a filled catalog to so many products. It calls `onStep` with the name of each step. */
export const growCatalog = Effect.fnUntraced(function* (
  url: string,
  { grown, products }: Pick<CatalogSize, "grown" | "products">,
  onStep: (step: string) => void
) {
  const last = Math.ceil(grown / products) - 1
  yield* runSql(
    url,
    "drop index catalog.product_search_words",
    ...copiedTables.map(
      (table) => `create table catalog.first_${table} as select * from catalog.${table}`
    )
  )
  for (let n = 1; n <= last; n += copiesOfRound) {
    onStep(`products, up to ${(n + copiesOfRound) * products}`)
    yield* runSql(url, ...copies(n, Math.min(last, n + copiesOfRound - 1)))
  }
  onStep("index, vacuum and checkpoint")
  yield* runSql(
    url,
    ...copiedTables.map((table) => `drop table catalog.first_${table}`),
    "create index product_search_words on catalog.product_search using gin (words)",
    "vacuum analyze",
    "checkpoint"
  )
})
