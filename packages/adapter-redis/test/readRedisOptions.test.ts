/** Settings that cannot be used: each is named, and no secret is. */
import { inspect } from "node:util"
import { isHoldfastError } from "@holdfast/core"
import * as Redacted from "effect/Redacted"
import { expect, it } from "vitest"
import { connectRedis } from "../src/index.ts"
import { readTarget } from "../src/options/readRedisOptions.ts"

/** What a host without types may pass. */
const refusal = (source: unknown, settings: unknown = {}): string => {
  try {
    connectRedis(source as never, settings as never)
  } catch (error) {
    if (isHoldfastError(error, "InvalidInput")) {
      expect(inspect(error, { depth: 10 })).not.toContain("s3cret")
      return error.details.issues.map(({ message, path }) => `${path} ${message}`).join("; ")
    }
    throw error
  }
  throw new Error("it was not refused")
}

const place = { host: "a", port: 1 }

it.each([
  ["http://a:1", "options.url must be redis://host:port/0"],
  ["redis://u:s3cret@a:99999", "options.url must name its hosts as host:port"],
  ["redis://u:s3cret%zz@a", "options.url must have a user and a password that are percent-encoded"],
  ["redis://u:s3cret@a,b", "options.url must name one host, or begin with redis+cluster://"],
  ["redis://u:s3cr@et@a", "options.url must be redis://host:port/0"],
  ["redis://u:s3cret@a/x", "options.url must end with the number of the database"],
  ["redis+cluster://a,b/1", "options.url must not name a database"],
  ["redis+sentinel://a,b", "options.url must end with what the sentinels call the server"],
  [{}, "options must have one of url, host, sentinels and cluster"],
  [{ host: "a", url: "redis://a" }, "options must have one of"],
  [{ host: "" }, "options.host"],
  [{ host: "a", port: 0 }, "options.port"],
  [{ host: "a", db: -1 }, "options.db"],
  [{ cluster: [place], db: 1 }, "options.db must be 0"],
  [{ cluster: [] }, "options.cluster"],
  [{ sentinels: { name: "", places: [place] } }, "options.sentinels.name"],
  [{ host: "a", password: "s3cret" }, "options.password must be text, wrapped by Redacted.make"],
  [{ host: "a", tls: { key: "s3cret" } }, "options.tls.key must be text, wrapped by Redacted.make"],
  [{ host: "a", tls: { ca: "no PEM", cert: "none" } }, "options.tls"],
  [{ url: "rediss://a", tls: false }, "options.tls contradicts the rediss://"],
  [{ host: "a", pasword: "x" }, "options.pasword is not a field"]
])("refuses %o: %s", (source, words) => {
  expect(refusal(source)).toContain(words)
})

it.each([
  [{ prefix: "a{b}" }, "options.prefix must be 1 to 100 letters"],
  [{ timeoutMillis: 0 }, "options.timeoutMillis"],
  [{ remembersMillis: 1.5 }, "options.remembersMillis"],
  [{ localShare: 2 }, "options.localShare"],
  [{ log: "console" }, "options.log must be a function"],
  [{ timeout: 1 }, "options.timeout is not a field"]
])("refuses the settings %o: %s", (settings, words) => {
  expect(refusal("redis://a", settings)).toContain(words)
})

it("reads what a URL says", () => {
  const { password, ...alone } = readTarget({ url: "rediss://shop:p%40ss@cache.example:6390/2" })
  expect(password === undefined ? undefined : Redacted.value(password)).toBe("p@ss")
  expect(alone).toEqual({
    kind: "standalone",
    places: [{ host: "cache.example", port: 6390 }],
    sentinel: undefined,
    username: "shop",
    db: 2,
    tls: {}
  })
  expect(readTarget({ url: "redis://a" })).toMatchObject({
    places: [{ host: "a", port: 6379 }],
    db: 0
  })
  expect(readTarget({ url: Redacted.make("redis://[::1]:7000") })).toMatchObject({
    places: [{ host: "::1", port: 7000 }],
    tls: undefined
  })
  expect(readTarget({ url: "redis+sentinel://a,b:2/shop/1" })).toMatchObject({
    kind: "sentinel",
    places: [
      { host: "a", port: 26_379 },
      { host: "b", port: 2 }
    ],
    sentinel: { name: "shop" },
    db: 1
  })
  expect(readTarget({ url: "rediss+cluster://:x@a:1,b:2" })).toMatchObject({
    kind: "cluster",
    username: undefined,
    tls: {}
  })
})
