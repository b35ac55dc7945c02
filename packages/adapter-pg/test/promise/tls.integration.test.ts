import { inspect } from "node:util"
import { afterAll, beforeAll, expect, it, vi } from "@effect/vitest"
import { isHoldfastError } from "@holdfast/core"
import { makeCertificates, startTlsPostgres, type TlsPostgres } from "@holdfast/test-servers"
import { describeProgram } from "@holdfast/test-servers/describeProgram"
import pg from "pg"
import { createHoldfast, createInventory, type HoldfastOptions } from "../../src/index.ts"
import { buildDoors, hostFolder } from "./builtDoors.ts"
import { mug, ownDatabase, refusal } from "./opened.ts"

vi.setConfig({ testTimeout: 120_000 })

const secret = "s3cr3t-in-no-message"

describeProgram("openssl", "TLS and separate fields", () => {
  let server: TlsPostgres
  let admin: pg.Client
  let stranger: ReturnType<typeof makeCertificates>
  const at = (options: object = {}) =>
    ({
      host: "127.0.0.1",
      port: server.port,
      database: "postgres",
      user: "shop",
      password: secret,
      ...options
    }) as HoldfastOptions

  beforeAll(async () => {
    buildDoors()
    stranger = makeCertificates()
    server = await startTlsPostgres([
      "host all postgres 127.0.0.1/32 trust",
      "hostssl all shop 127.0.0.1/32 scram-sha-256",
      "hostssl all certified 127.0.0.1/32 cert"
    ])
    admin = new pg.Client({ connectionString: server.url() })
    await admin.connect()
    for (const user of ["shop", "certified"]) {
      await admin.query(`create role ${user} superuser login password '${secret}'`)
    }
  }, 300_000)

  afterAll(async () => {
    await admin.end()
    await server.stop()
  })

  /** The sessions of a user, and whether each is encrypted. */
  const encrypted = async (user: string) => {
    const { rows } = await admin.query(
      "select ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = $1",
      [user]
    )
    return rows.map(({ ssl }) => ssl)
  }

  it("encrypts every connection, and checks the server by the authority that is given", async () => {
    const { ca } = server.certificates
    for (const schema of ["by_list", "by_text"]) {
      await using inventory = await createInventory(
        at({ schema, ssl: { ca: schema === "by_list" ? [ca] : ca } })
      )
      await inventory.registerSku(mug)
      expect(new Set(await encrypted("shop"))).toEqual(new Set([true]))
    }
  })

  it("takes certificates beside a URL", async () => {
    const url = `postgres://shop:${secret}@localhost:${server.port}/postgres`
    await using inventory = await createInventory({
      url,
      schema: "by_url",
      ssl: { ca: server.certificates.ca }
    })
    await inventory.ping()
    expect(new Set(await encrypted("shop"))).toEqual(new Set([true]))
  })

  it("shows its own certificate", async () => {
    const { ca, client } = server.certificates
    const options = { user: "certified", password: undefined, schema: "by_cert" }
    await using inventory = await createInventory(at({ ...options, ssl: { ca, ...client } }))
    await inventory.ping()
    const error = await refusal(createInventory(at({ ...options, ssl: { ca } })))
    expect(error.message).toContain("give ssl: { cert, key }")
  })

  it("H12 does not hold a process alive by an encrypted connection that idles", async () => {
    const options = at({ schema: "forgotten", ssl: { ca: server.certificates.ca } })
    using host = hostFolder({
      "host.mjs": `
        import { createInventory } from "@holdfast/adapter-pg"
        const inventory = await createInventory(${JSON.stringify(options)})
        console.log((await inventory.skus()).items.length)
      `
    })
    host.linkPackages()
    expect(host.node("host.mjs", { timeout: 60_000 })).toBe("0\n")
  })

  it("refuses a server whose authority it does not trust, and names the remedy", async () => {
    for (const ssl of [true, { ca: stranger.ca }]) {
      const error = await refusal(createInventory(at({ ssl })))
      expect(error).toMatchObject({
        code: "Unavailable",
        message: expect.stringContaining("give that authority's certificate as ssl: { ca }")
      })
    }
    await using trusting = await createInventory(
      at({ schema: "unchecked", ssl: { rejectUnauthorized: false } })
    )
    await trusting.ping()
  })

  it("refuses a certificate for another host, and names the remedy", async () => {
    const ssl = { ca: server.certificates.ca, servername: "db.example" }
    const error = await refusal(createInventory(at({ ssl })))
    expect(error.message).toContain("connect by the name that it is made for")
  })

  it("says that the server wants TLS when there is none", async () => {
    const error = await refusal(createInventory(at()))
    expect(error.message).toContain("with TLS only; give ssl: true")
  })

  it("says that the server speaks no TLS when it does not", async () => {
    await using database = await ownDatabase()
    const error = await refusal(createInventory({ url: database.url, ssl: true }))
    expect(error.message).toContain("the database speaks no TLS")
  })

  it("refuses certificates and keys that are none before it connects, naming the field", async () => {
    const { ca, client } = server.certificates
    const cases: ReadonlyArray<readonly [object, string]> = [
      [{ ca: "no certificate" }, "ssl.ca must hold certificates in PEM"],
      [{ ca: [ca, "no certificate"] }, "ssl.ca must hold certificates in PEM"],
      [{ cert: client.cert }, "ssl.cert and ssl.key belong together"],
      [{ cert: client.cert, key: stranger.client.key }, "that belongs to ssl.cert"],
      [{ cert: client.cert, key: "no key" }, "that belongs to ssl.cert"]
    ]
    for (const [ssl, message] of cases) {
      const error = await refusal(createInventory(at({ ssl })))
      expect(isHoldfastError(error, "StartFailed") && error.details.reason).toBe("InvalidOptions")
      expect(error.message).toContain(message)
    }
  })

  it("repeats no password and no key, in no part of an error and in no line of the log", async () => {
    const { ca, client } = server.certificates
    const lines: Array<unknown> = []
    const log = (entry: unknown) => void lines.push(entry)
    const wrong = [
      at({ log, ssl: true }),
      at({ log, ssl: { ca: stranger.ca, ...client } }),
      at({ log }),
      at({ log, ssl: { ca }, password: `${secret}-and-wrong` }),
      at({ log, ssl: { ca }, database: "none" }),
      at({ log, port: 1 }),
      at({ log, host: undefined }),
      at({ log, url: `postgres://me:${secret}@127.0.0.1/x` }),
      at({ log, password: 5 }),
      at({ log, ssl: { key: client.key, cert: "none" } })
    ]
    for (const options of wrong) {
      const error = await refusal(createHoldfast(options))
      const everything = [
        inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
        JSON.stringify(error),
        error.stack
      ].join("\n")
      expect(everything).not.toContain(secret)
      expect(everything).not.toContain("PRIVATE KEY")
    }
    const logged = inspect(lines, { depth: Number.POSITIVE_INFINITY, showHidden: true })
    expect(logged).not.toContain(secret)
  })
})
