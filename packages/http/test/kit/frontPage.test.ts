import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { call, get } = serverForTests()

const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" }

describe("S14 the root address", () => {
  it("is a page in a browser, with links to the documentation and to health", async () => {
    for (const headers of [browser, {}, { accept: "*/*" }]) {
      const page = await call("GET", "/", { headers })
      expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"])
      expect(page.text).toContain("<title>Holdfast</title>")
      const targets = [...page.text.matchAll(/href="([^"]+)"/g)].map(([, target]) => target ?? "")
      expect(targets).toEqual([
        "/docs",
        "/openapi.json",
        "/asyncapi.json",
        "/api/events",
        "/health/ready",
        "/health/live"
      ])
      for (const target of targets) expect((await get(target)).status).toBe(200)
    }
  })

  it("loads nothing and runs nothing, and forbids it to the browser", async () => {
    const { headers, text } = await call("GET", "/", { headers: browser })
    expect(text).not.toMatch(/<script|<style|<link|<img|style=|\son\w+=|https?:/)
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    expect(text.length).toBeLessThan(2_000)
  })

  it("is a list of links for a program", async () => {
    const answer = await call("GET", "/", { headers: { accept: "application/json" } })
    expect(answer.status).toBe(200)
    expect(answer.headers["vary"]).toBe("accept")
    expect(answer.json).toEqual({
      name: "Holdfast",
      description: expect.any(String),
      links: {
        docs: "/docs",
        openapi: "/openapi.json",
        asyncapi: "/asyncapi.json",
        events: "/api/events",
        live: "/health/live",
        ready: "/health/ready"
      }
    })
  })

  it("answers HEAD, and names its methods to any other", async () => {
    const head = await call("HEAD", "/", { headers: browser })
    expect([head.status, head.text]).toEqual([200, ""])
    expect(head.headers["content-type"]).toBe("text/html; charset=utf-8")
    const other = await call("POST", "/", { body: {} })
    expect([other.status, other.headers["allow"]]).toEqual([405, "GET, HEAD"])
  })
})
