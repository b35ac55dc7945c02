import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { settingsOf } from "../../src/kit/HttpOptions.ts"
import { serverForTests } from "../server.ts"

const shop = "https://shop.example"

const preflight = (origin: string) => ({
  headers: {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,idempotency-key"
  }
})

/** The headers of an answer that browsers decide by. */
const granted = (headers: Readonly<Record<string, unknown>>) =>
  Object.keys(headers).filter((name) => name.startsWith("access-control-allow-origin"))

describe("a door that names no site", () => {
  const { call } = serverForTests()

  it("tells no browser that a page of another site may read or write", async () => {
    const asked = await call("OPTIONS", "/api/skus", preflight(shop))
    expect([asked.status, granted(asked.headers)]).toEqual([405, []])
    const read = await call("GET", "/api/skus", { headers: { origin: shop } })
    expect([read.status, granted(read.headers)]).toEqual([200, []])
  })

  it("lets the pages for people run their own script and no other", async () => {
    const { headers, text } = await call("GET", "/docs")
    const policy = String(headers["content-security-policy"])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers["x-content-type-options"]).toBe("nosniff")
    const [script = ""] = policy.match(/script-src [^;]*/) ?? []
    expect(script).not.toContain("unsafe")
    const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
      ([, code]) => code ?? ""
    )
    expect(scripts).toHaveLength(1)
    const digest = createHash("sha256")
      .update(scripts[0] ?? "")
      .digest("base64")
    expect(script).toBe(`script-src 'sha256-${digest}'`)
    const front = await call("GET", "/", { headers: { accept: "text/html" } })
    expect(front.headers["content-security-policy"]).toContain("default-src 'none'")
    expect(front.headers["x-content-type-options"]).toBe("nosniff")
  })
})

describe("a door that names sites", () => {
  const { call, sku } = serverForTests({
    corsOrigins: [shop, "http://localhost:5173"],
    limits: { address: { writes: { count: 2, windowMillis: 3_600_000 } } }
  })

  it("lets their pages ask first, and then write and read", async () => {
    const asked = await call("OPTIONS", "/api/inventory/reservations", preflight(shop))
    expect(asked.status).toBe(204)
    expect(asked.headers).toMatchObject({
      "access-control-allow-origin": shop,
      "access-control-max-age": "600"
    })
    expect(asked.headers["access-control-allow-headers"]).toContain("idempotency-key")
    expect(asked.headers["access-control-allow-methods"]).toContain("POST")
    expect(asked.headers["access-control-allow-credentials"]).toBeUndefined()
    await sku(1)
    const headers = { origin: shop }
    const body = { skuId: "sku-1", quantity: 1, orderId: "o" }
    const written = await call("POST", "/api/inventory/reservations", { body, headers })
    expect(written.status).toBe(201)
    expect(written.headers["access-control-allow-origin"]).toBe(shop)
    expect(written.headers["vary"]).toMatch(/origin/i)
    expect(written.headers["access-control-expose-headers"]).toContain("retry-after")
  })

  it("lets them demand what they have seen, and read what a write made and where an answer is from", async () => {
    const asked = await call("OPTIONS", "/api/inventory/sku-1", preflight(shop))
    const [allowed, exposed] = ["allow", "expose"].map((what) =>
      String(asked.headers[`access-control-${what}-headers`]).split(",")
    )
    expect(allowed).toEqual(expect.arrayContaining(["cache-control", "if-min-version"]))
    expect(exposed).toEqual(
      expect.arrayContaining(["age", "x-holdfast-cache", "x-holdfast-version"])
    )
  })

  it("lets a page read why it was refused, also by a limit", async () => {
    const headers = { origin: shop }
    const missing = await call("GET", "/api/inventory/nothing-here", { headers })
    expect([missing.status, missing.headers["access-control-allow-origin"]]).toEqual([404, shop])
    const limited = await call("POST", "/api/skus", { headers, body: {} })
    expect([limited.status, limited.headers["access-control-allow-origin"]]).toEqual([429, shop])
  })

  it("tells no other site anything, and keeps caches apart", async () => {
    for (const origin of [
      "https://evil.example",
      `${shop}.evil.example`,
      "null",
      "HTTPS://shop.example"
    ]) {
      const asked = await call("OPTIONS", "/api/skus", preflight(origin))
      expect([origin, granted(asked.headers)]).toEqual([origin, []])
      const read = await call("GET", "/api/skus", { headers: { origin } })
      expect([origin, granted(read.headers)]).toEqual([origin, []])
      expect(read.headers["vary"]).toMatch(/origin/i)
    }
  })
})

it("takes origins and nothing that looks like one", () => {
  for (const origin of ["shop.example", `${shop}/`, `${shop}/path`, "https://a@shop.example", ""]) {
    expect(() => settingsOf({ corsOrigins: [origin] })).toThrow("options.corsOrigins")
  }
  expect(settingsOf({ corsOrigins: ["*"] }).corsOrigins).toEqual(["*"])
})
