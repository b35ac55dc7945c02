/** Compares what each endpoint of the catalog lists with its table of operations. */
import { everyRefusalOf, type OperationName, operations, refusals } from "@holdfast/core/catalog"
import { describe, expect, it } from "vitest"
import { operationsOf } from "../document/requestsOf.ts"
import { serverForTests } from "../server.ts"

const { get } = serverForTests()

/** The row of the table behind each endpoint. */
const rows: Readonly<Record<string, OperationName>> = {
  "products.list": "products",
  "products.batchGet": "productsByIds",
  "products.mappings": "skuMappings",
  "products.manyMappings": "skuMappings",
  "products.bySlug": "productBySlug",
  "products.get": "product",
  "products.create": "createProduct",
  "products.update": "updateProduct",
  "products.delete": "deleteProduct",
  "products.activate": "activateProduct",
  "products.deactivate": "deactivateProduct",
  "products.discontinue": "discontinueProduct",
  "products.duplicate": "duplicateProduct",
  "products.setImages": "setImages",
  "products.setCategories": "setCategories",
  "options.add": "addOption",
  "options.update": "updateOption",
  "options.remove": "removeOption",
  "options.setMappings": "setSkuMappings",
  "categories.tree": "categoryTree",
  "categories.get": "category",
  "categories.products": "products",
  "categories.create": "createCategory",
  "categories.update": "updateCategory",
  "categories.move": "moveCategory",
  "categories.delete": "deleteCategory",
  "attributes.list": "attributes",
  "attributes.get": "attribute",
  "attributes.create": "createAttribute",
  "attributes.update": "updateAttribute",
  "attributes.delete": "deleteAttribute",
  "productReports.mostViewed": "mostViewed"
}

/** Rows that no endpoint has yet, and the one that follows stock by itself. */
const withoutEndpoint: ReadonlyArray<OperationName> = [
  "followStock",
  "byExternalIds",
  "events",
  "ping"
]

/** Endpoints that say what they do themselves, since they are one way of several into a row. */
const ownSentences = ["products.mappings", "categories.products"]

/** Refusals whose names the inventory uses too. */
const nameOf: Readonly<Record<string, string>> = {
  CatalogIdTaken: "IdTaken",
  MappedSkuNotFound: "SkuNotFound"
}

describe("the contract of the catalog", () => {
  it("lists exactly the refusals of the row behind each endpoint, and its sentence", async () => {
    const { json } = await get("/openapi.json")
    const listed = (responses: unknown) =>
      [...JSON.stringify(responses).matchAll(/schemas\/(\w+)Problem"/g)]
        .map(([, name = ""]) => nameOf[name] ?? name)
        .filter((name) => name in refusals)
        .sort()
    const asked = operationsOf(json).filter(({ operationId }) =>
      /^(products|options|categories|attributes|productReports)\./.test(operationId)
    )
    expect(asked.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(rows).sort())
    for (const { method, operationId, path } of asked) {
      const name = rows[operationId]
      if (name === undefined) continue
      const { responses, summary } = json.paths[path][method.toLowerCase()]
      expect([operationId, listed(responses)]).toEqual([
        operationId,
        [...everyRefusalOf(name)].sort()
      ])
      if (ownSentences.includes(operationId)) continue
      expect([operationId, summary]).toEqual([operationId, operations[name].summary])
    }
    const reached = new Set(Object.values(rows))
    const unreached = Object.keys(operations).filter((name) => !reached.has(name as OperationName))
    expect(unreached.sort()).toEqual([...withoutEndpoint].sort())
  })
})
