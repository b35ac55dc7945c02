import { describe, expect, it } from "vitest"
import { serverForTests } from "./server.ts"

const { get } = serverForTests()

const verbs = ["get", "post", "put", "patch", "delete"] as const

/** Every endpoint of the API, as its users were promised it. */
const promised: Readonly<Record<string, ReadonlyArray<string>>> = {
  "/api/skus": ["get", "post"],
  "/api/skus/{skuId}": ["get", "patch"],
  "/api/skus/{skuId}/archive": ["post"],
  "/api/skus/{skuId}/unarchive": ["post"],
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
  "/api/inventory/stock-status": ["get", "post"],
  "/api/inventory/check-availability": ["post"],
  "/api/inventory/reconciliation": ["get"],
  "/api/inventory/events": ["get"],
  "/health/live": ["get"],
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
        const granted = Object.keys(operation.responses).filter((status) => status < "400")
        expect([path, method, granted.length]).toEqual([path, method, 1])
      }
    }
    expect(new Set(names).size).toBe(names.length)
  })

  it("offers an idempotency key wherever something is written", async () => {
    const { json } = await get("/openapi.json")
    const questions = new Set(["/api/inventory/stock-status", "/api/inventory/check-availability"])
    for (const [path, methods] of Object.entries(promised)) {
      for (const method of methods) {
        const headers = json.paths[path][method].parameters
          .filter((parameter: { in: string }) => parameter.in === "header")
          .map((parameter: { name: string }) => parameter.name)
        const writes = method !== "get" && !questions.has(path)
        expect([path, method, headers.includes("idempotency-key")]).toEqual([path, method, writes])
        if (writes) {
          const statuses = Object.keys(json.paths[path][method].responses)
          expect(statuses).toEqual(expect.arrayContaining(["400", "422", "429", "503"]))
        }
      }
    }
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
