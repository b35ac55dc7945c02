import { inspect } from "node:util"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "@effect/vitest"
import { createHoldfast, createInventory, type HoldfastOptions } from "../../src/index.ts"
import { issuesOf, mug, ownFolder, refusal } from "./opened.ts"

describe("createHoldfast", () => {
  it("opens its contexts over one folder, and closes them together", async () => {
    using own = ownFolder()
    const { folder } = own
    const holdfast = await createHoldfast({ folder })
    const { inventory } = holdfast
    await inventory.registerSku(mug)
    expect(inventory).not.toHaveProperty("close")
    const second = await refusal(createHoldfast({ folder }))
    expect(second).toMatchObject({ code: "StartFailed", details: { reason: "FolderInUse" } })
    await holdfast.close()
    expect((await refusal(inventory.stock("mug"))).code).toBe("Closed")
    await using again = await createInventory({ folder })
    expect(await again.stock("mug")).toMatchObject({ totalQuantity: 3 })
  })

  it("closes at the end of an `await using` block", async () => {
    let left: Awaited<ReturnType<typeof createHoldfast>>
    {
      await using holdfast = await createHoldfast()
      left = holdfast
    }
    expect((await refusal(left.inventory.ping())).code).toBe("Closed")
  })

  it("reads the same options as createInventory, and refuses the same", async () => {
    const wrong: ReadonlyArray<unknown> = [
      { fodler: "x" },
      { url: undefined },
      { folder: "x", url: "postgres://127.0.0.1/x" },
      { engine: { lanes: 0 } }
    ]
    for (const options of wrong as ReadonlyArray<HoldfastOptions>) {
      const errors = [
        await refusal(createHoldfast(options)),
        await refusal(createInventory(options))
      ]
      expect(errors[0]).toMatchObject({ code: "InvalidInput", details: errors[1]?.details })
    }
  })
})

describe("the place of the database", () => {
  const fields = { host: "127.0.0.1", port: 1, database: "stock", user: "me", password: "s3cr3t" }
  const refused = (options: unknown) => issuesOf(createHoldfast(options as HoldfastOptions))

  it("is a URL or its fields, never both", async () => {
    expect(await refused({ url: "postgres://me@127.0.0.1/stock", ...fields })).toEqual(
      Object.keys(fields).map((name) => `${name}: is not for use beside url, which holds it`)
    )
    expect(await refused({ url: "postgres://me@h/x?sslmode=require", ssl: true })).toEqual([
      "ssl: is not for use beside sslmode in the url"
    ])
    expect(await refused({ folder: "x", host: "127.0.0.1" })).toEqual([
      "host: is not for a database in a folder"
    ])
    expect(await refused({ memory: true, ...fields })).toEqual([
      "memory: is not for a database in a folder or on a server"
    ])
  })

  it("needs a host, a database and a user when it is given by fields", async () => {
    expect(await refused({ password: "s3cr3t", database: undefined })).toEqual([
      "host: is required beside the other fields",
      "database: is required beside the other fields",
      "user: is required beside the other fields"
    ])
  })

  it("H2 is never memory in silence when fields are named without a value", async () => {
    const unset = "is undefined: is a variable not set? To use memory, give memory: true"
    expect(await refused({ host: undefined, user: undefined })).toEqual([
      `host: ${unset}`,
      `user: ${unset}`
    ])
    expect(await refused({ ssl: true })).toEqual(["ssl: is for a server: give its url or host too"])
  })

  it("H2 is never memory in silence when the options are no plain object", async () => {
    const url = "postgres://user@db/shop"
    const unreadable = [[], new Map([["url", url]]), new URL(url), Object.create({ url })]
    for (const options of unreadable) {
      expect(await refused(options)).toEqual([
        ": must be a plain object with the options as its fields"
      ])
    }
  })

  it("H2 drops no nested options in silence, which are plain objects too", async () => {
    const url = "postgres://user@127.0.0.1:1/shop"
    class Settings {
      lanes = 2
    }
    const unreadable = [new Map([["lanes", 2]]), new URL(url), new Settings(), [2], new Date(0)]
    for (const engine of unreadable) {
      expect(await refused({ memory: true, engine })).toEqual([
        "engine: must be a plain object with the options as its fields"
      ])
      expect(await refused({ url, ssl: engine, engine: { lanes: 0 } })).toEqual([
        "ssl: must be a plain object with the options as its fields",
        expect.stringMatching(/^engine\.lanes: /)
      ])
    }
    expect(await refused({ url: `${url}?sslmode=require`, ssl: new Map() })).toHaveLength(2)
  })

  it("may be named by a plain object of another realm, as a test runner makes them", async () => {
    for (const options of [
      runInNewContext("({ memory: true, engine: { lanes: 1 } })"),
      { memory: true, __proto__: null }
    ]) {
      await (await createInventory(options as HoldfastOptions)).close()
    }
  })

  it("names what is wrong with each field, and repeats no value", async () => {
    const issues = await refused({
      ...fields,
      host: "",
      port: 70_000,
      password: 5,
      ssl: { ca: 1, cert: [], rejectUnauthorised: false }
    })
    expect(issues.map((issue) => issue.split(":")[0])).toEqual([
      "host",
      "port",
      "password",
      "ssl.rejectUnauthorised",
      "ssl.ca",
      "ssl.cert"
    ])
    expect(issues.join()).not.toContain("70")
  })
})

describe("a server that cannot be reached", () => {
  it("H14 is named by host and port, and never by user or password", async () => {
    const places: ReadonlyArray<readonly [HoldfastOptions, string]> = [
      [{ url: "postgres://somebody:s3cr3t@127.0.0.1:1/stock" }, "127.0.0.1:1"],
      [
        { url: "postgres://somebody:s3cr3t@127.0.0.1:1,127.0.0.1:2/stock" },
        "127.0.0.1:1, 127.0.0.1:2"
      ],
      [
        { host: "127.0.0.1", port: 1, database: "stock", user: "somebody", password: "s3cr3t" },
        "127.0.0.1:1"
      ]
    ]
    for (const [options, place] of places) {
      const error = await refusal(createHoldfast(options))
      expect(error).toMatchObject({ code: "Unavailable", isRetryable: true })
      expect(error.message).toBe(`the database cannot be reached; try again shortly (at ${place})`)
      const everything = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })
      expect(`${everything}${JSON.stringify(error)}`).not.toMatch(/s3cr3t|somebody/)
    }
  })
})
