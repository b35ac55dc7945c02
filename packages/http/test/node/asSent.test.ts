/** The address of a request, as its client sent it. */
import type { IncomingMessage } from "node:http"
import { describe, expect, it } from "vitest"
import { addressOf } from "../../src/node/asSent.ts"

const addressFor = (request: { readonly url?: string; readonly originalUrl?: unknown }) =>
  addressOf(request as IncomingMessage)

describe("the address of a request", () => {
  it("has a path whatever origin it names", () => {
    const addresses = [
      ["/api/skus?size=1", "/api/skus?size=1"],
      ["http://shop.example", "/"],
      ["http://shop.example/", "/"],
      ["http://shop.example?x=1", "/?x=1"],
      ["HTTPS://shop.example:8080#top", "/#top"],
      ["http://shop.example/api/skus?at=http://x/y", "/api/skus?at=http://x/y"],
      ["http://shop.example//api", "//api"],
      ["", "/"],
      ["*", "*"]
    ]
    expect(addresses.map(([url]) => addressFor({ url: url ?? "" }))).toEqual(
      addresses.map(([, address]) => address)
    )
  })

  it("is the one that came before a mount cut its path off", () => {
    expect(addressFor({ url: "/api", originalUrl: "/shop/api" })).toBe("/shop/api")
    expect(addressFor({ url: "/", originalUrl: "http://shop.example?x=1" })).toBe("/?x=1")
    expect(addressFor({ url: "/api", originalUrl: "" })).toBe("/api")
    expect(addressFor({})).toBe("/")
  })
})
