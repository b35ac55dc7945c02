/** Errors of the Promise API as answers of a host. */

import { HoldfastError, type HoldfastErrorCode, type HoldfastInventory } from "@holdfast/core"
import { refusals as catalogRefusals } from "@holdfast/core/catalog"
import { refusals, toPromises } from "@holdfast/core/inventory"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { problemFor, type WebHandler, webHandler } from "../../src/index.ts"
import { storeProblems } from "../../src/kit/Problem.ts"
import { HandClock, memoryEngine } from "../server.ts"

let inventory: HoldfastInventory
let mounted: WebHandler
beforeAll(async () => {
  inventory = await toPromises(memoryEngine(new HandClock()))
  mounted = webHandler(inventory)
  for (const skuId of ["mug", "cup"]) {
    await inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 3 })
  }
})
afterAll(async () => {
  await mounted.dispose()
  await inventory.close()
})

const caught = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.unreachable("the call was answered"),
    (error: unknown) => error
  )

const rest = async (method: string, path: string, body?: object) => {
  const answer = await mounted.handler(
    new Request(`https://shop.example${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } })
    })
  )
  // A request has an id, and a call has none.
  const { instance: _, ...problem } = (await answer.json()) as Record<string, unknown>
  return {
    status: answer.status,
    contentType: answer.headers.get("content-type"),
    retryAfter: answer.headers.get("retry-after"),
    body: problem
  }
}

const hosts = (error: unknown) => {
  const answer = problemFor(error)
  return {
    status: answer?.status,
    contentType: answer?.headers["content-type"],
    retryAfter: answer?.headers["retry-after"] ?? null,
    body: answer?.body
  }
}

describe("H9 the answer for an error of the Promise API", () => {
  it("is what the REST API answers", async () => {
    const [hold] = await inventory.reserve({
      orderId: "order-1",
      lines: [{ skuId: "cup", quantity: 1 }]
    })
    await inventory.confirm({ reservationId: hold?.id ?? "" })
    const order = { orderId: "order-2", skuId: "mug", quantity: 9 }
    const { orderId, ...line } = order
    const pairs = [
      [
        () => inventory.reserve({ orderId, lines: [line] }),
        () => rest("POST", "/api/inventory/reservations", order)
      ],
      [() => inventory.stock("nothing"), () => rest("GET", "/api/inventory/nothing")],
      [
        () => inventory.registerSku({ skuId: "mug", code: "other", name: "Other" }),
        () => rest("POST", "/api/skus", { skuId: "mug", code: "other", name: "Other" })
      ],
      [
        () => inventory.release({ reservationId: hold?.id ?? "" }),
        () => rest("POST", `/api/inventory/reservations/${hold?.id}/release`)
      ]
    ] as const
    const statuses: Array<number | undefined> = []
    for (const [call, asked] of pairs) {
      const answer = hosts(await caught(call()))
      expect(answer).toEqual(await asked())
      statuses.push(answer.status)
    }
    expect(statuses).toEqual([409, 404, 409, 409])
  })

  it("tells a closed inventory as the REST API does", async () => {
    const own = await toPromises(memoryEngine(new HandClock()))
    await own.close()
    expect(hosts(await caught(own.stock("mug")))).toMatchObject({
      status: 503,
      retryAfter: "2",
      body: { type: "urn:holdfast:problem:shutting-down", reason: "Closed" }
    })
  })

  it("has a status for every code, and says when to come back with every 503", () => {
    const codes = [
      ...Object.keys(refusals),
      ...Object.keys(catalogRefusals),
      ...Object.keys(storeProblems),
      ...["StartFailed", "CloseTimedOut", "Interrupted", "Defect"]
    ] as ReadonlyArray<HoldfastErrorCode>
    const statuses: Record<string, number | undefined> = {}
    for (const code of codes) {
      const error = Object.assign(new HoldfastError("Busy", { reason: "s3cret-word" }), { code })
      const answer = problemFor(error)
      statuses[code] = answer?.status
      expect(answer?.body).toMatchObject({
        type: expect.stringMatching(/^urn:holdfast:problem:[a-z-]+$/),
        title: expect.any(String),
        status: answer?.status
      })
      expect(answer?.headers["content-type"]).toBe("application/problem+json")
      if ([429, 503].includes(answer?.status ?? 0)) {
        expect([code, answer?.headers["retry-after"]]).toEqual([code, expect.any(String)])
      }
      if (answer?.status === 500) expect(JSON.stringify(answer)).not.toContain("s3cret-word")
    }
    expect(statuses).toMatchObject({
      InvalidInput: 400,
      SkuNotFound: 404,
      InsufficientStock: 409,
      ProductNotFound: 404,
      SlugTaken: 409,
      Overloaded: 429,
      Unavailable: 503,
      AnswerUnreadable: 410,
      Rejected: 500,
      StartFailed: 503,
      CloseTimedOut: 503,
      Interrupted: 503,
      Defect: 500
    })
  })

  it("has plain JSON, and never the address of the store", () => {
    const [at, horizon] = [new Date(0), new Date(1_000)]
    expect(
      problemFor(new HoldfastError("BeforeLedger", { skuId: "mug", at, horizon }))?.body
    ).toMatchObject({ at: "1970-01-01T00:00:00.000Z", horizon: "1970-01-01T00:00:01.000Z" })
    const reason = "the database cannot be reached (at db-1:5432)"
    const { body } = problemFor(new HoldfastError("Unavailable", { reason })) ?? {}
    expect(body?.detail).toMatch(/^the database cannot be reached\. /)
    expect(JSON.stringify(body)).not.toContain("db-1")
  })

  it("knows the errors of another copy of core, and codes that only that copy knows", () => {
    const foreign = (code: string, details: object) =>
      Object.assign(new Error(code), {
        code,
        details,
        [Symbol.for("@holdfast/core/HoldfastError")]: true
      })
    expect(problemFor(foreign("SkuNotFound", { skuIds: ["mug"] }))).toMatchObject({
      status: 404,
      body: { skuIds: ["mug"] }
    })
    expect(problemFor(foreign("toString", {}))?.status).toBe(500)
  })

  it.each([[new Error("no")], [undefined], [null], ["SkuNotFound"], [{ code: "SkuNotFound" }]])(
    "is nothing for what is no error of Holdfast: %s",
    (error) => {
      expect(problemFor(error)).toBeUndefined()
      expect(problemFor(AbortSignal.abort().reason)).toBeUndefined()
    }
  )
})
