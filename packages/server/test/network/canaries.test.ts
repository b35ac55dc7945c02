/**
 * Nothing that is secret, and nothing of how this is built, is in an answer or in the log: a broad set
 * of wrong requests with canaries in them, on a server whose settings hold canaries too, while its
 * database is there and when it is gone.
 */
import { freshDatabase, runOn } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it, vi } from "vitest"
import { addressOf, Maker, operationsOf } from "../../../http/test/document/requestsOf.ts"
import { get, inParallel, registerSku } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const seed = Number(process.env["HOLDFAST_TEST_SEED"] ?? 11)

const secrets = {
  databasePassword: "canary-of-the-database",
  kafkaPassword: "canary-of-kafka",
  token: "canary.of.a.token",
  cookie: "canary-of-a-cookie",
  apiKey: "hf_canary_of_a_key"
}

/** What asks a database for more than it should give. */
const injections = [
  "'; drop table inventory.skus; --",
  "' or '1'='1",
  "1); select pg_sleep(10); --",
  "\\'; select current_setting('data_directory') --",
  "${jndi:ldap://127.0.0.1/a}",
  "{{7*7}}",
  "%00",
  "../../../../etc/passwd",
  "\u0000\u0001\u001b[31m",
  "x".repeat(5_000),
  "\ud800"
]

/** What no answer holds: parts of stacks, of statements, and of the machine. */
const innards: ReadonlyArray<readonly [string, RegExp]> = [
  ["a stack", /\n\s+at |\bat [\w.<>]+ \(|\.[cm]?[jt]s:\d+/],
  ["a path of the machine", /node_modules|packages\/|file:\/\//],
  ["SQL", /\b(?:select|insert into|update|delete from)\b[^"]*\b(?:from|values|set|where)\b/i],
  [
    "a table or a constraint",
    /\b(?:inventory|catalog)\.(?:skus|events|reservations|products|receipts)\b|_pkey\b|pg_\w+/
  ],
  ["a SQLSTATE", /SQLSTATE|\b(?:22P0\d|23505|42\d{3})\b/]
]

/** A text as it stands in JSON. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1)

interface Sent {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly headers: Readonly<Record<string, string>>
}

const everyHeader = {
  authorization: `Bearer ${secrets.token}`,
  cookie: `session=${secrets.cookie}`,
  "x-api-key": secrets.apiKey,
  "proxy-authorization": `Basic ${secrets.token}`
}

/** Requests to every operation of a document, each wrong in several ways. */
const wrongRequests = (document: never): ReadonlyArray<Sent> => {
  const maker = new Maker(document, seed)
  return operationsOf(document)
    .filter(({ isStream, path }) => !isStream && !path.startsWith("/health"))
    .flatMap((operation) => {
      const made = maker.request(operation)
      const { method } = operation
      const path = addressOf(operation, made)
      const headers = { ...everyHeader, ...made.headers, "content-type": "application/json" }
      const fields = Object(made.body) as Record<string, unknown>
      const bent = injections.map((text) =>
        JSON.stringify(Object.fromEntries(Object.keys(fields).map((name) => [name, text])))
      )
      const bodies =
        method === "GET" ? [undefined] : [JSON.stringify(made.body), "{", "[]", ...bent]
      const [bare = ""] = path.split("?")
      const addresses = injections
        .filter((text) => text !== "\ud800")
        .map((text) => operation.path.replaceAll(/\{\w+\}/g, encodeURIComponent(text)))
      const queries = [
        `${bare}?token=${secrets.token}`,
        `${bare}?cursor=${encodeURIComponent("' or 1=1")}`
      ]
      return [
        ...bodies.map((body) => ({
          method,
          path,
          headers,
          ...(body === undefined ? {} : { body })
        })),
        ...[...addresses, ...queries].map((address) => ({
          ...{ method, path: address, headers },
          ...(method === "GET" ? {} : { body: JSON.stringify(made.body) })
        })),
        ...injections
          .filter((text) => /^[\x20-\x7e]+$/.test(text))
          .map((text) => ({
            ...{ method, path, headers: { ...headers, "idempotency-key": text, "if-match": text } },
            ...(method === "GET" ? {} : { body: JSON.stringify(made.body) })
          }))
      ]
    })
}

describePostgres(18, "canaries", () => {
  it("are in no answer and in no log, whatever is sent and whatever breaks", async () => {
    console.log(`seed ${seed}`)
    const database = await freshDatabase()
    const role = `canary_${process.pid}`
    await runOn(
      database.url,
      `create role ${role} superuser login password '${secrets.databasePassword}'`
    )
    const url = new URL(database.url)
    url.username = role
    url.password = secrets.databasePassword
    await using server = await startServer([], {
      env: {
        HOLDFAST_DATABASE: url.href,
        HOLDFAST_LOG_LEVEL: "debug",
        HOLDFAST_KAFKA: "127.0.0.1:9",
        HOLDFAST_KAFKA_USER: "shop",
        HOLDFAST_KAFKA_PASSWORD: secrets.kafkaPassword
      }
    })
    await registerSku(server.url, "sku-1", 10)
    const { body: document } = await get(server.url, "/openapi.json")
    // A file is no JSON.
    for (const path of Object.keys(document.paths)) {
      const { content } = document.paths[path].post?.requestBody ?? {}
      if (content !== undefined && content["application/json"] === undefined) {
        delete document.paths[path].post
      }
    }
    const requests = wrongRequests(document as never)
    const operations = operationsOf(document).length
    expect(requests.length).toBeGreaterThan(operations * 8)

    const found: Array<string> = []
    const statuses = new Map<number, number>()
    const look = (where: string, text: string) => {
      for (const [name, secret] of Object.entries(secrets)) {
        if (text.includes(secret))
          found.push(`${where} holds the secret ${name}: ${text.slice(0, 300)}`)
      }
    }
    const sendAll = async (all: ReadonlyArray<Sent>) => {
      await inParallel(all, 8, async ({ body, headers, method, path }) => {
        const answer = await fetch(`${server.url}${path}`, {
          ...{ method, headers },
          ...(body === undefined ? {} : { body })
        })
        const text = `${JSON.stringify(Object.fromEntries(answer.headers))}\n${await answer.text()}`
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        const where = `${method} ${path.slice(0, 80)} (${answer.status})`
        look(where, text)
        if (answer.status === 500) found.push(`${where} is a 500: ${text}`)
        if (answer.status < 400) return
        for (const [what, pattern] of innards) {
          // What a caller sends may come back in the words of the refusal, and in its fields.
          const own = injections.reduce((left, sent) => left.replaceAll(escaped(sent), ""), text)
          if (pattern.test(own)) found.push(`${where} shows ${what}: ${text.slice(0, 300)}`)
        }
      })
    }
    await sendAll(requests)
    expect(found.slice(0, 5)).toEqual([])
    expect(statuses.get(400)).toBeGreaterThan(500)
    expect(statuses.get(404)).toBeGreaterThan(100)

    await runOn(database.url, `alter role ${role} nologin`)
    await runOn(
      database.url,
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`
    )
    const before = statuses.get(503) ?? 0
    await sendAll(requests.filter((_, n) => n % 25 === 0))
    expect(statuses.get(503) ?? 0).toBeGreaterThan(before)
    // What goes on by itself has failed, too, and said why.
    await server.logs('"cause"')
    look("the log", server.log())
    const lines = server.log().split("\n")
    for (const [what, pattern] of innards.filter(
      ([name]) => name === "SQL" || name === "a stack"
    )) {
      const shown = lines.filter((line) => pattern.test(line.replaceAll("\\n", "\n")))
      for (const line of shown) found.push(`the log shows ${what}: ${line.slice(0, 300)}`)
    }
    expect(found.slice(0, 5)).toEqual([])
    await server.stop()
    await database.drop()
    await runOn(new URL("/postgres", database.url).href, `drop role ${role}`)
  })
})
