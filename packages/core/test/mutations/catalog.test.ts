// The random stories of the catalog can fail: each copy of the core that drops one check runs the
// same stories as the core itself, and is caught.
import { describe, it } from "@effect/vitest"
import { copied, type Mutation, probed } from "./mutants.ts"

const disagrees = /the engine says|the engine has|the model/

const mutations: ReadonlyArray<Omit<Mutation, "context">> = [
  {
    drops: "the revision that an editor has read",
    file: "decide/products.ts",
    code: '    yield* expecting("revision", before.revision, expectedVersion)\n    const refusal',
    becomes: "    const refusal",
    caught: disagrees
  },
  {
    drops: "the difference of revision and version",
    file: "decide/Draft.ts",
    code: "revision: before.revision + 1,",
    becomes: "revision: before.version + 1,",
    caught: disagrees
  },
  {
    drops: "that a sold out option is on offer",
    file: "state/ProductOption.ts",
    code: 'option.status !== "INACTIVE" &&',
    becomes: 'option.status === "ACTIVE" &&',
    caught: /NothingOnOffer|the engine says/
  },
  {
    drops: "what a person has marked sold out",
    file: "state/ProductOption.ts",
    code: '(status === "SOLD_OUT" && statusBy === "STOCK")',
    becomes: 'status === "SOLD_OUT"',
    caught: disagrees
  },
  {
    drops: "older words about stock",
    file: "decide/followStock.ts",
    code: "if (older.length > 0) {",
    becomes: "if (older.length > 1) {",
    caught: disagrees
  },
  {
    drops: "what was seen when nothing moved",
    file: "decide/followStock.ts",
    code: "for (const { skuId, version } of newer) draft.see({ productId, skuId, version })",
    becomes: "",
    caught: disagrees
  },
  {
    drops: "the units of a bundle of one SKU",
    file: "decide/rules.ts",
    code: "skus === 1 && skuMappings[0]?.quantity === 1",
    becomes: "skus === 1",
    caught: disagrees
  },
  {
    drops: "the one currency of a product",
    file: "decide/rules.ts",
    code: "if (currency !== expected) {",
    becomes: 'if (currency === "none") {',
    caught: /CurrencyMismatch|the model/
  },
  {
    drops: "an external id that another option gives up in the same step",
    file: "decide/rules.ts",
    code: "owner !== undefined && owner !== id && !ours.has(owner)",
    becomes: "owner !== undefined && owner !== id",
    caught: disagrees
  },
  {
    drops: "the levels below what moved",
    file: "decide/evolve.ts",
    code: "? event.payload.category.level - event.payload.previousLevel",
    becomes: "? 0",
    caught: /has level/
  },
  {
    drops: "what is below in the depth of the tree",
    file: "decide/categories.ts",
    code: "yield* withinDepth(category, heightOf(draft, before))",
    becomes: "yield* withinDepth(category, 1)",
    caught: disagrees
  },
  {
    drops: "the ancestors in the search for a cycle",
    file: "decide/categories.ts",
    code: "category.id === id || ancestorsOf(draft, category).some((ancestor) => ancestor.id === id)",
    becomes: "category.id === id",
    caught: /.+/
  },
  {
    drops: "the products of a category that is deleted",
    file: "decide/categories.ts",
    code: "if (children > 0 || products > 0) {",
    becomes: "if (children > 0) {",
    caught: disagrees
  },
  {
    drops: "the ids of deleted products",
    file: "decide/products.ts",
    code: "draft.product(id) !== undefined || draft.wasProduct(id)",
    becomes: "draft.product(id) !== undefined",
    caught: disagrees
  },
  {
    drops: "the rows of what an ancestor moved",
    file: "decide/OpenBook.ts",
    code: "this.categoriesHere.set(below.id, { ...below, level: below.level + shift })",
    becomes: "void below",
    caught: /written/
  }
]

describe.concurrent("random stories of the catalog", { timeout: 240_000 }, () => {
  it("hold for the core as it is", async ({ expect }) => {
    const { failed, output } = await probed(copied("whole-catalog"), "probeCatalog.ts")
    expect(output).toContain("stories hold")
    expect(failed).toBe(false)
  })

  for (const [n, mutation] of mutations.entries()) {
    it(`catch a catalog that drops ${mutation.drops}`, async ({ expect }) => {
      const copy = copied(`catalog-${n}`, { ...mutation, context: "catalog" })
      const { failed, output } = await probed(copy, "probeCatalog.ts")
      expect(output).toContain("were broken")
      expect(output).toMatch(mutation.caught)
      expect(failed).toBe(true)
    })
  }
})
