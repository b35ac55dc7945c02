/** The client has every operation, and sends each as the document of the API describes it. */
import { auditOperations } from "@holdfast/core/audit"
import { operations as catalog } from "@holdfast/core/catalog"
import { eventOperations, webhookOperations } from "@holdfast/core/events"
import { importOperations } from "@holdfast/core/exchange"
import { operations as inventory } from "@holdfast/core/inventory"
import { expect, it } from "vitest"
import { routePermissions } from "../../http/src/access/routePermissions.ts"
import { addressOf, Maker, operationsOf } from "../../http/test/document/requestsOf.ts"
import { holdfastClient } from "../src/index.ts"
import { document } from "./contract/files.ts"

type Methods = Record<string, Record<string, (input: object, options?: object) => Promise<unknown>>>

const seed = Number(process.env["HOLDFAST_TEST_SEED"] ?? 11)
const requestsEach = 20

/** Operations of core without a route, and why. */
const withoutRoute = new Map([
  ["expireLapsed", "the server does it by itself"],
  ["ping", "GET /health/ready says whether the store answers"],
  ["levels", "stock.get answers them with locations: true"],
  ["stockAsOf", "stock.get answers it with at"],
  ["byExternalIds", "what comes in from files asks for it, in the process of the server"],
  ["followStock", "the server does it by itself"],
  ["subscribe", "it runs in the process of the host; events.stream follows the log"],
  ["reconcile", "reconcilePart answers the same by parts"],
  ["reconciledLevels", "reconcilePart answers the same by parts"]
])

it("every operation of core has a method, or is named with the reason why not", () => {
  const client = holdfastClient({ baseUrl: "http://shop.example" }) as unknown as Methods
  const reached = new Set<string>()
  for (const [group, endpoints] of Object.entries(routePermissions)) {
    for (const [name, operation] of Object.entries(endpoints)) {
      expect(client[group]?.[name], `${group}.${name}`).toBeTypeOf("function")
      reached.add(operation.name)
    }
  }
  const tables = [inventory, catalog, auditOperations, eventOperations, webhookOperations]
  const all = [...tables, importOperations].flatMap((table) => Object.keys(table))
  expect(all.length).toBeGreaterThan(80)
  // Two routes bring files and read about them under one permission.
  const imports = new Set(Object.keys(importOperations))
  const missing = all.filter((name) => !reached.has(name) && !imports.has(name))
  expect(missing.filter((name) => !withoutRoute.has(name))).toEqual([])
  expect([...withoutRoute.keys()].filter((name) => reached.has(name))).toEqual([])
})

it("refuses at once what is no address of a server, and no part of a path", async () => {
  const make = (options: unknown) => () => holdfastClient(options as { baseUrl: string })
  for (const options of [undefined, {}, { baseURL: "http://a" }, { baseUrl: "127.0.0.1:3000" }]) {
    expect(make(options)).toThrow(/^baseUrl must begin with http:\/\/ or https:\/\/, not "/)
  }
  for (const baseUrl of ["", "/shop", "HTTPS://a.example", new URL("http://a.example/b")]) {
    expect(make({ baseUrl })).not.toThrow()
  }
  const { skus } = holdfastClient({ baseUrl: "http://127.0.0.1:9" })
  for (const skuId of ["", ".", ".."]) {
    await expect((async () => skus.get({ skuId }))()).rejects.toThrow(/^skuId must/)
  }
  const byText = "mug" as unknown as { skuId: string }
  await expect((async () => skus.get(byText))()).rejects.toThrow("in an object of what is asked")
})

it(`sends what the document allows as it is described (seed ${seed})`, async () => {
  const sent: Array<{ readonly url: string; readonly init: RequestInit }> = []
  const client = holdfastClient({
    baseUrl: "http://shop.example/",
    fetch: async (url, init) => {
      sent.push({ url: String(url), init: init ?? {} })
      return new Response("{}", { headers: { "content-type": "application/json" } })
    }
  }) as unknown as Methods
  let compared = 0
  const asJson = operationsOf({
    ...document,
    paths: Object.fromEntries(
      Object.entries<Record<string, unknown>>(document.paths).filter(
        ([path]) => path !== "/api/imports/{kind}"
      )
    )
  })
  for (const [index, operation] of asJson.entries()) {
    if (operation.isStream) continue
    const [group = "", name = ""] = operation.operationId.split(".")
    const maker = new Maker(document, seed * 1_000 + index)
    for (let n = 0; n < requestsEach; n++) {
      let made = maker.request(operation)
      // No address has an id that is a step in its path, so these are refused before.
      while (Object.values(made.params).some((value) => /^\.{1,2}$/.test(String(value)))) {
        made = maker.request(operation)
      }
      const { attributes, ...query } = made.query
      const narrowed = Object.entries(attributes ?? {}).map(
        ([key, value]) => [key.replace("attributes.", ""), value] as const
      )
      const input = {
        ...(made.body as object | null),
        ...query,
        ...(attributes === undefined ? {} : { attributes: Object.fromEntries(narrowed) }),
        ...made.params
      }
      const headers = new Headers(made.headers as Record<string, string>)
      const idempotencyKey = headers.get("idempotency-key") ?? undefined
      await client[group]?.[name]?.(input, {
        idempotencyKey,
        correlationId: headers.get("x-correlation-id") ?? undefined,
        ifMatch: headers.get("if-match") ?? undefined,
        ifMinVersion: headers.get("if-min-version") ?? undefined,
        cart: headers.get("holdfast-cart") ?? undefined
      })
      const last = sent.at(-1)
      const about = `${operation.operationId} ${JSON.stringify(input)}`
      const expected = new URL(addressOf(operation, made), "http://shop.example")
      const found = new URL(last?.url ?? "")
      expect(last?.init.method, about).toBe(operation.method)
      expect(found.pathname, about).toBe(expected.pathname)
      const inOrder = (url: URL) => [...url.searchParams].map(String).sort()
      expect(inOrder(found), about).toEqual(inOrder(expected))
      const takesBody = operation.body !== undefined
      if (takesBody) expect(JSON.parse(String(last?.init.body)), about).toEqual(made.body ?? {})
      else expect(["{}", undefined]).toContain(last?.init.body)
      const given = new Headers(last?.init.headers)
      headers.delete("if-none-match")
      for (const [header, value] of headers) expect(given.get(header), about).toBe(value)
      const isKeyed = operation.parameters.some((one) => one.name === "idempotency-key")
      if (isKeyed) expect(given.get("idempotency-key"), about).toMatch(/^.+$/)
      compared++
    }
  }
  expect(compared).toBe(requestsEach * (asJson.length - 1))
})

it("refuses a call whose path has a hole, before anything is sent", async () => {
  const client = holdfastClient({ baseUrl: "http://shop.example" })
  await expect(client.skus.get({ skuId: "" })).rejects.toThrow("skuId must be a text")
  // @ts-expect-error a caller without types may leave out what is needed
  await expect(client.skus.get()).rejects.toThrow("skuId must be a text")
})
