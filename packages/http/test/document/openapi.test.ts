import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"
import { operationsOf } from "./requestsOf.ts"

const { get } = serverForTests()

const verbs = ["get", "post", "put", "patch", "delete"] as const

/** Every endpoint of the API, as its users were promised it. */
const promised: Readonly<Record<string, ReadonlyArray<string>>> = {
  "/api/skus": ["get", "post"],
  "/api/skus/{skuId}": ["get", "patch"],
  "/api/skus/{skuId}/archive": ["post"],
  "/api/skus/{skuId}/unarchive": ["post"],
  "/api/stock/bulk": ["post"],
  "/api/stock/batch-get": ["post"],
  "/api/carts": ["post"],
  "/api/orders/{orderId}/claim": ["post"],
  "/api/inventory/movements": ["get"],
  "/api/locations": ["get", "post"],
  "/api/locations/{locationId}": ["get", "patch"],
  "/api/inventory/{skuId}": ["get"],
  "/api/inventory/{skuId}/receive": ["post"],
  "/api/inventory/{skuId}/ship": ["post"],
  "/api/inventory/{skuId}/adjust": ["post"],
  "/api/inventory/{skuId}/count": ["post"],
  "/api/inventory/{skuId}/return": ["post"],
  "/api/inventory/{skuId}/transfer": ["post"],
  "/api/inventory/{skuId}/movements": ["get"],
  "/api/inventory/{skuId}/reservations": ["get"],
  "/api/inventory/reservations": ["post"],
  "/api/inventory/reservations/{reservationId}": ["get"],
  "/api/inventory/reservations/{reservationId}/confirm": ["post"],
  "/api/inventory/reservations/{reservationId}/release": ["post"],
  "/api/inventory/reservations/{reservationId}/fulfil": ["post"],
  "/api/inventory/reservations/{reservationId}/resize": ["post"],
  "/api/inventory/reservations/{reservationId}/extend": ["post"],
  "/api/inventory/orders/{orderId}/reservations": ["get", "post", "put", "delete"],
  "/api/inventory/orders/{orderId}/confirm": ["post"],
  "/api/inventory/orders/{orderId}/fulfil": ["post"],
  "/api/inventory/orders/{orderId}/customer": ["get", "delete"],
  "/api/inventory/orders/{orderId}": ["get", "put"],
  "/api/inventory/orders/{orderId}/pay": ["post"],
  "/api/inventory/orders/{orderId}/bundles/{bundleId}/extend": ["post"],
  "/api/inventory/orders/{orderId}/bundles/{bundleId}/release": ["post"],
  "/api/inventory/orders/{orderId}/bundles/{bundleId}/resize": ["post"],
  "/api/inventory/orders/{orderId}/cancel": ["post"],
  "/api/inventory/orders/{orderId}/complete": ["post"],
  "/api/inventory/stock-status": ["get", "post"],
  "/api/inventory/check-availability": ["post"],
  "/api/inventory/reservations/held-options": ["post"],
  "/api/inventory/reconciliation": ["get"],
  "/api/inventory/events": ["get"],
  "/api/audit": ["get"],
  "/api/skus/{skuId}/history": ["get"],
  "/api/events": ["get"],
  "/api/events/stream": ["get"],
  "/api/webhooks": ["get", "post"],
  "/api/webhooks/{webhookId}": ["get", "patch", "delete"],
  "/api/webhooks/{webhookId}/secret": ["post"],
  "/api/webhooks/{webhookId}/test": ["post"],
  "/api/webhooks/{webhookId}/deliveries": ["get"],
  "/api/webhooks/{webhookId}/redeliver": ["post"],
  "/api/webhooks/{webhookId}/replay": ["post"],
  "/api/products": ["get", "post"],
  "/api/products/batch-get": ["post"],
  "/api/products/sku-mappings": ["get", "post"],
  "/api/products/by-slug/{slug}": ["get"],
  "/api/products/{productId}": ["get", "patch", "delete"],
  "/api/products/{productId}/activate": ["post"],
  "/api/products/{productId}/deactivate": ["post"],
  "/api/products/{productId}/discontinue": ["post"],
  "/api/products/{productId}/duplicate": ["post"],
  "/api/products/{productId}/images": ["put"],
  "/api/products/{productId}/categories": ["put"],
  "/api/products/{productId}/options": ["post"],
  "/api/products/{productId}/options/{optionId}": ["patch", "delete"],
  "/api/products/{productId}/options/{optionId}/sku-mappings": ["put"],
  "/api/product-attributes": ["get", "post"],
  "/api/product-attributes/{attributeId}": ["get", "patch", "delete"],
  "/api/categories": ["post"],
  "/api/categories/tree": ["get"],
  "/api/categories/{categoryId}": ["get", "patch", "delete"],
  "/api/categories/{categoryId}/products": ["get"],
  "/api/categories/{categoryId}/move": ["post"],
  "/health/live": ["get"],
  "/health/startup": ["get"],
  "/health/ready": ["get"]
}

/** Everything that a document refers to, anywhere in it. */
const referencesIn = (value: unknown): ReadonlyArray<string> => {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, held]) =>
    key === "$ref" && typeof held === "string" ? [held] : referencesIn(held)
  )
}

describe("the OpenAPI document", () => {
  it("is OpenAPI 3.1 and names every endpoint", async () => {
    const { json, status } = await get("/openapi.json")
    expect(status).toBe(200)
    expect(json.openapi).toMatch(/^3\.1\./)
    expect(json.info).toMatchObject({ title: "Holdfast", version: expect.any(String) })
    const named = Object.fromEntries(
      Object.entries(json.paths).map(([path, item]) => [
        path,
        verbs.filter((verb) => verb in (item as object))
      ])
    )
    expect(named).toEqual(promised)
  })

  it("refers to nothing that it does not hold", async () => {
    const { json } = await get("/openapi.json")
    const references = new Set(referencesIn(json))
    expect(references.size).toBeGreaterThan(20)
    for (const reference of references) {
      const found = reference
        .slice(2)
        .split("/")
        .reduce<unknown>((held, step) => (held as Record<string, unknown>)?.[step], json)
      expect([reference, found]).toEqual([reference, expect.anything()])
    }
  })

  it("gives every operation a name, a summary and its parameters", async () => {
    const { json } = await get("/openapi.json")
    const names: Array<string> = []
    for (const [path, methods] of Object.entries(promised)) {
      for (const method of methods) {
        const operation = json.paths[path][method]
        names.push(operation.operationId)
        expect([path, method, operation.summary]).toEqual([path, method, expect.any(String)])
        const inPath = operation.parameters
          .filter((parameter: { in: string }) => parameter.in === "path")
          .map((parameter: { name: string }) => `{${parameter.name}}`)
        expect([path, inPath]).toEqual([path, path.match(/\{\w+\}/g) ?? []])
        const granted = Object.keys(operation.responses).filter((status) => status < "300")
        expect([path, method, granted.length]).toEqual([path, method, 1])
      }
    }
    expect(new Set(names).size).toBe(names.length)
  })

  it("offers an idempotency key wherever something is written", async () => {
    const { json } = await get("/openapi.json")
    const questions = new Set([
      ...["/api/inventory/stock-status", "/api/inventory/check-availability"],
      "/api/inventory/reservations/held-options",
      ...["/api/stock/batch-get", "/api/products/batch-get", "/api/products/sku-mappings"]
    ])
    for (const [path, methods] of Object.entries(promised)) {
      for (const method of methods) {
        const headers = json.paths[path][method].parameters
          .filter((parameter: { in: string }) => parameter.in === "header")
          .map((parameter: { name: string }) => parameter.name)
        // What is said of one webhook changes nothing more when it is said again.
        const isSame =
          (path.startsWith("/api/webhooks/") && !path.endsWith("/secret")) ||
          // An answer with a secret is not kept for a key.
          path === "/api/carts" ||
          // Erasing twice erases once.
          path.endsWith("/customer")
        const writes = method !== "get" && !questions.has(path) && !isSame
        expect([path, method, headers.includes("idempotency-key")]).toEqual([path, method, writes])
        if (writes) {
          const statuses = Object.keys(json.paths[path][method].responses)
          expect(statuses).toEqual(expect.arrayContaining(["400", "422", "429", "503"]))
        }
      }
    }
  })
})

describe("what a client generator reads in the document", () => {
  const read = async () => (await get("/openapi.json")).json
  const small = serverForTests({ requestLinesMax: 7 })

  it("bounds every text, number and list that a request may carry", async () => {
    const document = await read()
    const unbounded: Array<string> = []
    // biome-ignore lint/suspicious/noExplicitAny: a document is read by those who know what is in it
    const look = (schema: any, at: string): void => {
      if (schema.$ref !== undefined) {
        const name = schema.$ref.split("/").at(-1)
        return look(document.components.schemas[name], `${at} ${name}`)
      }
      for (const part of schema.anyOf ?? []) look(part, at)
      for (const [name, field] of Object.entries(schema.properties ?? {})) {
        look(field, `${at}.${name}`)
      }
      const present = new Set(Object.keys(Object.assign({}, schema, ...(schema.allOf ?? []))))
      const has = (...keywords: ReadonlyArray<string>) => keywords.some((it) => present.has(it))
      const isBounded: Readonly<Record<string, boolean>> = {
        string: has("pattern", "enum", "const", "format") || schema.allOf !== undefined,
        integer: has("minimum") && has("maximum"),
        number: has("minimum") && has("maximum") && has("multipleOf"),
        array: has("minItems") && has("maxItems")
      }
      if (isBounded[schema.type] === false) unbounded.push(`${at}: ${JSON.stringify(schema)}`)
      if (schema.items !== undefined) look(schema.items, `${at}[]`)
    }
    for (const { body, operationId, parameters } of operationsOf(document)) {
      for (const { name, schema } of parameters) look(schema, `${operationId} ${name}`)
      if (body !== undefined) look(body, `${operationId} body`)
    }
    expect(unbounded).toEqual([])
  })

  it("has the patterns of ids, the formats of UUIDs and instants, and whole sizes", async () => {
    const { components, paths } = await read()
    expect(components.schemas.SkuId).toMatchObject({
      pattern: "^[A-Za-z0-9._~:-]{1,100}$",
      allOf: [{ not: { enum: expect.arrayContaining(["reservations", "orders", ".."]) } }]
    })
    expect(components.schemas.ReservationId).toMatchObject({ format: "uuid" })
    expect(components.schemas.Reservation.anyOf).toEqual(
      ["Pending", "Confirmed", "Fulfilled", "Released", "Expired"].map((state) => ({
        $ref: `#/components/schemas/${state}Reservation`
      }))
    )
    expect(components.schemas.PendingReservation.properties).toMatchObject({
      status: { enum: ["PENDING"] },
      expiresAt: { format: "date-time" },
      resolvedAt: { type: "null" }
    })
    const parameters = (path: string) =>
      Object.fromEntries(
        paths[path].get.parameters.map((it: { name: string; schema: object }) => [
          it.name,
          it.schema
        ])
      )
    expect(parameters("/api/skus").size).toEqual({
      type: "integer",
      minimum: 1,
      maximum: 1_000,
      default: 100
    })
    expect(parameters("/api/inventory/{skuId}")).toMatchObject({
      locations: { type: "boolean" },
      at: { type: "string", format: "date-time" }
    })
    expect(parameters("/api/inventory/stock-status").skuIds).toMatchObject({ maxItems: 100 })
    const { aggregateIds, types } = parameters("/api/inventory/events")
    expect(aggregateIds).toMatchObject({ type: "array", minItems: 1, maxItems: 100 })
    expect(types).toMatchObject({
      items: { enum: expect.arrayContaining(["inventory.stock.reserved"]) },
      minItems: 1,
      maxItems: 16
    })
    expect(components.schemas.TtlSeconds).toMatchObject({ minimum: 1, maximum: 2_678_400 })
    expect(components.schemas.Measure).toMatchObject({ multipleOf: 0.001 })
  })

  it("allows as many lines as this server takes", async () => {
    const bodyOf = (document: { readonly paths: never }) =>
      JSON.stringify(document.paths["/api/inventory/orders/{orderId}/reservations"]["put"])
    expect(bodyOf(await read())).toContain('"minItems":1,"maxItems":100}')
    expect(bodyOf((await small.get("/openapi.json")).json)).toContain('"minItems":1,"maxItems":7}')
  })

  it("has the problems that any request can meet, a body that is free, and no more", async () => {
    const { components, paths } = await read()
    for (const [path, methods] of Object.entries(promised)) {
      for (const method of methods) {
        const { requestBody, responses } = paths[path][method]
        const shared = requestBody === undefined ? [] : ["408", "413", "415"]
        const addressed = path.includes("{") ? ["404", "405"] : []
        expect([path, method, Object.keys(responses)]).toEqual([
          path,
          method,
          expect.arrayContaining(["400", "414", "429", "431", "500", ...shared, ...addressed])
        ])
      }
    }
    expect(Object.keys(components.responses).sort()).toEqual([
      "AddressTooLong",
      "ContentTooLarge",
      "HeadersTooLarge",
      "InternalError",
      "MethodNotAllowed",
      "NotFound",
      "RateLimited",
      "RequestTimeout",
      "UnsupportedMediaType"
    ])
    const isFree = (path: string) => paths[path].post.requestBody.required === false
    expect(isFree("/api/inventory/reservations/{reservationId}/confirm")).toBe(true)
    expect(isFree("/api/inventory/reservations")).toBe(false)
  })

  it("links an operation to those that take its id", async () => {
    const { paths } = await read()
    const linksOf = (path: string, method: string, status: string) =>
      paths[path][method].responses[status].links
    const registered = linksOf("/api/skus", "post", "201")
    expect(registered["stock.receive"]).toEqual({
      operationId: "stock.receive",
      parameters: { skuId: "$response.body#/id" }
    })
    expect(linksOf("/api/inventory/reservations", "post", "201")).toMatchObject({
      "reservations.confirm": { parameters: { reservationId: "$response.body#/id" } },
      "orders.confirm": { parameters: { orderId: "$response.body#/orderId" } }
    })
    const orders = "/api/inventory/orders/{orderId}/reservations"
    expect(linksOf(orders, "put", "200")["reservations.get"]).toMatchObject({
      parameters: { reservationId: "$response.body#/reservations/0/id" }
    })
    expect(linksOf("/api/locations", "post", "201")["locations.update"]).toBeDefined()
    const ids = new Set(operationsOf(await read()).map(({ operationId }) => operationId))
    for (const target of Object.keys(registered)) expect(ids).toContain(target)
  })
})

describe("the documentation page", () => {
  it("needs nothing from elsewhere", async () => {
    const { headers, status, text } = await get("/docs")
    expect(status).toBe(200)
    expect(headers["content-type"]).toContain("text/html")
    expect(text).toContain("/api/inventory/reservations")
    const shell = text.replace(/<script[^>]*>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, "")
    expect(text).not.toMatch(/<script[^>]+src=/)
    expect(shell).not.toMatch(/<link|<img|https?:/)
  })
})
