// The contract of stores can fail: the test that is about a promise catches a store that breaks it.
import { describe, it } from "@effect/vitest"
import { copied, type Mutation, tried } from "./mutants.ts"

/** Promises that a store may break, and the test of the contract that catches it. */
const storeMutations: ReadonlyArray<Mutation> = [
  {
    drops: "the lock between what it loads and what it writes",
    file: "../memory/engine/memoryBatchStore.ts",
    code: "rows.apply(changes, now, audit)",
    becomes: "queueMicrotask(() => rows.apply(changes, now, audit))",
    caught: /gives the last units away once when several engines share the store/
  },
  {
    drops: "the receipts",
    file: "../memory/engine/KeptAnswers.ts",
    code: "this.rows.set(nameOfKey(receipt), { ...receipt, committedAt: now })",
    becomes: "",
    caught: /answers a repeated key with the first answer, byte for byte, and does nothing/
  },
  {
    drops: "the day after which a key is forgotten",
    file: "../memory/engine/KeptAnswers.ts",
    code: "now.epochMilliseconds - keptMillis",
    becomes: "0",
    caught: /keeps the key of a command that changed nothing, and forgets keys after a day/
  },
  {
    drops: "a key after two seconds",
    file: "../memory/engine/KeptAnswers.ts",
    code: "now.epochMilliseconds - keptMillis",
    becomes: "now.epochMilliseconds - 2_000",
    caught: /T3 keeps a key for 24 hours and no longer, to the instant/
  },
  {
    drops: "the last instant of a key's day",
    file: "../memory/engine/KeptAnswers.ts",
    code: "now.epochMilliseconds - keptMillis",
    becomes: "now.epochMilliseconds - keptMillis + 1",
    caught: /T3 keeps a key for 24 hours and no longer, to the instant/
  },
  {
    drops: "the place where a page of holds ends",
    file: "../memory/inventory/MemoryInventory.ts",
    code: "id > query.after.id",
    becomes: "id >= query.after.id",
    caught: /S10 shows a hold that stays open on one page, whatever happens to it/
  },
  {
    drops: "the code of an archived SKU",
    file: "../memory/inventory/MemoryTables.ts",
    code: "sku.archivedAt === null && codes.has(sku.code)",
    becomes: "codes.has(sku.code)",
    caught: /S11 lets the code of an archived SKU be given away, and finds the one in use/
  },
  {
    drops: "the order in which lapsed holds give way",
    file: "../memory/inventory/MemoryTables.ts",
    code: ".sort(Reservation.byExpiry)\n  }",
    becomes: "\n  }",
    caught: /expires at need the oldest holds first, and no more than are needed/
  },
  {
    drops: "the lapsed holds that a read subtracts",
    file: "../memory/inventory/MemoryInventory.ts",
    code: ".reduce((sum, hold) => sum + Reservation.heldQuantity(hold), 0)\n      }",
    becomes: ".reduce((sum) => sum, 0)\n      }",
    caught: /subtracts lapsed holds from every read/
  },
  {
    drops: "the place where a page of the ledger ends",
    file: "../memory/inventory/MemoryInventory.ts",
    code: "row.id < query.before.id",
    becomes: "row.id <= query.before.id",
    caught: /reads a ledger page by page, newest first, without a row twice or lost/
  },
  {
    drops: "the mark of an expired hold that was taken again",
    file: "decide/evolve.ts",
    code: 'releaseReason: "REACQUIRED"',
    becomes: "",
    caught: /takes an expired hold again once, however often it is asked to/
  },
  {
    drops: "the mark that an earlier version leaves out",
    file: "decide/OpenBook.ts",
    code: "if (lost !== undefined) reservations.set(lostId, evolveReacquired(lost))",
    becomes: "",
    caught: /B5 knows a lost hold for taken again by the one in its place, marked or not/
  },
  {
    drops: "what was made in place of the holds that it loads",
    file: "../memory/inventory/MemoryTables.ts",
    code: "if (replaces !== null && all.has(replaces)) all.add(id)",
    becomes: "",
    caught: /finds the SKUs of reservations and orders, and what replaced a hold/
  },
  {
    drops: "the holds that the buyer lost from what it loads of an order",
    file: "../memory/inventory/MemoryTables.ts",
    code: "holds.filter(Reservation.isLine)",
    becomes: "holds.filter(Reservation.isOpen)",
    caught: /B5 confirms every line, or names the lines that lapsed/
  },
  {
    drops: "the newest hold of each status from what it loads of an order",
    file: "../memory/inventory/MemoryTables.ts",
    code: "[...newest.values(), ...lines]",
    becomes: "[...lines]",
    caught: /B12 loads only the lines of a till with a long history/
  },
  {
    drops: "the place where a page of an order ends",
    file: "../memory/inventory/MemoryInventory.ts",
    code: "Reservation.byAge(hold, after) > 0",
    becomes: "Reservation.byAge(hold, after) >= 0",
    caught: /B12 reads an order page by page, oldest first, without a hold twice or lost/
  },
  {
    drops: "the number of lines that an order has",
    file: "../memory/inventory/MemoryTables.ts",
    code: "orderLines: scope.countedOrderIds.map(",
    becomes: "orderLines: [].map(",
    caught: /B12 takes no more lines once an order has 2,000, and decides on all of them/
  },
  {
    drops: "the instant itself from the stock as of it",
    file: "../memory/inventory/MemoryInventory.ts",
    code: "(row) => row.createdAt.epochMilliseconds <= at.epochMilliseconds",
    becomes: "(row) => row.createdAt.epochMilliseconds < at.epochMilliseconds",
    caught: /tells the stock as of an instant, to the instant/
  }
]

const tables = "../memory/catalog/MemoryCatalogTables.ts"
const tellsStories = /the in-memory catalog ends where 40 stories of the seed "catalogs" end/

/** Promises that a store of the catalog may break. */
const catalogMutations: ReadonlyArray<Mutation> = [
  {
    drops: "the siblings of what changes in the tree",
    file: tables,
    code: "        this.childrenOf(category.parentId)\n",
    becomes: "",
    caught: /keeps the names of siblings apart/
  },
  {
    drops: "what is below a category that moves",
    file: tables,
    code: "...scope.movedIds.map((id) => descendantsOf(this, id)),",
    becomes: "",
    caught: /moves a category with all that is below it, and their levels follow/
  },
  {
    drops: "the roots that a new root is beside",
    file: tables,
    code: "scope.namesRoots ? this.childrenOf(null) : [],",
    becomes: "",
    caught: tellsStories
  },
  {
    drops: "the slugs that a product had",
    file: tables,
    code: "...[...this.slugs].map(",
    becomes: "...[].map(",
    caught: /leads from every slug that a product had to the product/
  },
  {
    drops: "the stock that was seen",
    file: tables,
    code: "this.seenStock.set(productId, seen.set(skuId, version))",
    becomes: "void seen",
    caught: /refuses an older word, also when the newer one moved nothing/
  },
  {
    drops: "the ids of deleted categories",
    file: tables,
    code: "for (const id of changes.deletedCategoryIds) this.deletedCategoryIds.add(id)",
    becomes: "",
    caught: /deletes a category that is empty, and no other; its id is never used again/
  },
  {
    drops: "the ids that decide between equal names",
    file: "../memory/catalog/MemoryCatalog.ts",
    code: "(descending ? -order : order) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)",
    becomes: "(descending ? -order : order)",
    caught: /goes on after equal names by their ids, while products come and go/
  },
  {
    drops: "the order of names by code points",
    file: "../memory/catalog/MemoryCatalog.ts",
    code: "compareTexts(a.name, b.name)",
    becomes: "(a.name < b.name ? -1 : 1)",
    caught: /lists the products of a category with what is below it, each once, by pages/
  },
  {
    drops: "the place where a page of products ends",
    file: "../memory/catalog/MemoryCatalog.ts",
    code: "order(place, after) > 0",
    becomes: "order(place, after) >= 0",
    caught: /lists the products of a category with what is below it, each once, by pages/
  },
  {
    drops: "the instant at which a product is shown",
    file: "../catalog/state/Product.ts",
    code: "publishAt.epochMilliseconds <= now.epochMilliseconds",
    becomes: "publishAt.epochMilliseconds < now.epochMilliseconds",
    caught: /shows a product from the instant on at which it is published, until it is not/
  }
]

describe.concurrent("the contract of stores", { timeout: 120_000 }, () => {
  for (const [n, mutation] of [...storeMutations, ...catalogMutations].entries()) {
    it(`catches a store that drops ${mutation.drops}`, async ({ expect }) => {
      const name = mutation.caught.source
      const { failed, output } = await tried(copied(`store-${n}`, mutation), name)
      expect(output).toMatch(/1 failed/)
      expect(output).toContain(`× ${name}`)
      expect(failed).toBe(true)
    })
  }
})
