import { describe, expect, it } from "vitest"
import { startingAnswer } from "../../src/index.ts"

describe("S3 a host that listens before its routes are there", () => {
  it.each(["/health/live", "/health/live?at=once"])("lives: %s", (path) => {
    const { body, headers, status } = startingAnswer(path)
    expect([status, JSON.parse(body)]).toEqual([200, { status: "live" }])
    expect(headers["connection"]).toBe("close")
  })

  it.each(["/health/ready", "/api/skus", "/health/lively", ""])(
    "is to be asked again: %j",
    (path) => {
      const { body, headers, status } = startingAnswer(path)
      expect(status).toBe(503)
      expect(JSON.parse(body)).toMatchObject({
        type: "urn:holdfast:problem:store-unavailable",
        status: 503,
        detail: expect.stringContaining("starting")
      })
      expect(headers).toMatchObject({
        connection: "close",
        "retry-after": "1",
        "content-type": "application/problem+json",
        "content-length": String(Buffer.byteLength(body))
      })
    }
  )
})
