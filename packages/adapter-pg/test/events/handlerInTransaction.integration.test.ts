/**
 * Handlers that move their cursor in a transaction of the host, in the ways that hosts get wrong:
 * each event has its effect exactly once, and none is lost without a word.
 */
import { startTcpProxy } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import pg from "pg"
import { expect, it, vi } from "vitest"
import { createHoldfast } from "../../src/index.ts"
import { fromPg } from "../../src/transactions.ts"
import { mug, order, ownDatabase } from "../promise/opened.ts"

vi.setConfig({ testTimeout: 60_000 })

type Events = ReadonlyArray<{ readonly event: { readonly eventId: string } }>

/** What a handler does between `begin` and `commit`, at its nth try. */
type Work = (about: {
  readonly events: Events
  readonly client: pg.Client
  readonly move: (on?: pg.Client) => Promise<void>
  /** Moves in what a host without types may give. */
  readonly moveIn: (transaction: unknown) => Promise<void>
  readonly keep: () => Promise<void>
  readonly attempt: number
}) => Promise<void>

const connected = async (url: string) => {
  const client = new pg.Client({ connectionString: url })
  client.on("error", () => undefined)
  await client.connect()
  return client
}

/** A database with four events, and a subscription whose handler works in its own transaction. */
const subscribed = async (work: Work) => {
  const { url, ...database } = await ownDatabase()
  // The wire between the handler and its database.
  const proxy = await startTcpProxy(Number(new URL(url).port))
  const holdfast = await createHoldfast({
    url,
    sweepIntervalMillis: false,
    upkeep: false,
    log: () => undefined
  })
  const watching = await connected(url)
  await watching.query("create table seen (event_id text)")
  await holdfast.inventory.registerSku(mug)
  await holdfast.inventory.reserve(order("o1", 1))
  let attempt = 0
  const subscription = await holdfast.subscribe("seen", {
    handlerInTransaction: async (events, moveCursor) => {
      attempt += 1
      const client = await connected(proxy.url(url))
      try {
        await client.query("begin")
        const move = (on = client) => moveCursor(fromPg(on))
        const moveIn = (transaction: unknown) => moveCursor(transaction as never)
        const keep = async () => {
          for (const { event } of events) {
            await client.query("insert into seen values ($1)", [event.eventId])
          }
        }
        await work({ events, client, move, moveIn, keep, attempt })
        await client.query("commit")
      } catch (error) {
        await client.query("rollback").catch(() => undefined)
        throw error
      } finally {
        await client.end().catch(() => undefined)
      }
    }
  })
  const ask = async (sql: string) => (await watching.query(sql)).rows[0]?.n ?? 0
  return {
    proxy,
    subscription,
    tries: () => attempt,
    cursor: () => ask("select position::int as n from inventory.event_cursors"),
    seen: () => ask("select count(*)::int as n from seen"),
    [Symbol.asyncDispose]: async () => {
      await holdfast.close({ timeout: 20_000 })
      await watching.end()
      await proxy.close()
      await database[Symbol.asyncDispose]()
    }
  }
}

type Own = Awaited<ReturnType<typeof subscribed>>

/** Waits until the cursor is behind the four events, and counts what was kept. */
const expectOnce = async (own: Own) => {
  await expect.poll(own.cursor, { timeout: 30_000 }).toBe(4)
  expect(await own.seen()).toBe(4)
}

const problem = async (own: Own, words: RegExp) => {
  await expect.poll(() => own.subscription.status().problem, { timeout: 30_000 }).toMatch(words)
  expect(await own.cursor()).toBe(0)
}

describePostgres(18, "a handler in a transaction of the host", () => {
  it("counts each event once", async () => {
    await using own = await subscribed(async ({ keep, move }) => {
      await move()
      await keep()
    })
    await expectOnce(own)
    expect(own.tries()).toBe(1)
  })

  it("is refused on a database that is not that of Holdfast", async () => {
    await using other = await ownDatabase()
    await using own = await subscribed(async ({ move }) => {
      const client = await connected(other.url)
      try {
        await client.query("begin")
        await move(client)
      } finally {
        await client.end()
      }
    })
    await problem(own, /this transaction is not on the database of Holdfast/)
  })

  it("may move its cursor twice in one transaction", async () => {
    await using own = await subscribed(async ({ keep, move }) => {
      await move()
      await keep()
      await move()
    })
    await expectOnce(own)
    expect(own.tries()).toBe(1)
  })

  it("gets the same events again when its COMMIT was a rollback", async () => {
    await using own = await subscribed(async ({ attempt, client, keep, move }) => {
      await move()
      await keep()
      // A host that lets an error pass: the server answers `commit` with ROLLBACK, and no error.
      if (attempt === 1) await client.query("select 1 / 0").catch(() => undefined)
    })
    await expectOnce(own)
    expect(own.tries()).toBe(2)
  })

  it("gets the same events again when it rolled back and said nothing", async () => {
    await using own = await subscribed(async ({ attempt, client, keep, move }) => {
      await move()
      await keep()
      if (attempt === 1) await client.query("rollback")
    })
    await expectOnce(own)
    expect(own.tries()).toBe(2)
  })

  it("says so when it never moves its cursor", async () => {
    await using own = await subscribed(async ({ keep }) => keep())
    await problem(own, /did not move its cursor/)
  })

  it("says so when it does not wait for its move, and keeps the process alive", async () => {
    await using own = await subscribed(async ({ moveIn }) => {
      void moveIn(undefined)
    })
    await problem(own, /call and await moveCursor/)
  })

  it("says what a transaction is when it is given none", async () => {
    for (const none of [undefined, null, {}, "client"]) {
      await using own = await subscribed(async ({ moveIn }) => moveIn(none))
      await problem(own, /moveCursor needs an open transaction, such as fromPg/)
    }
  })

  it("says so when there is no transaction", async () => {
    await using own = await subscribed(async ({ client, move }) => {
      await client.query("commit")
      await move()
    })
    await problem(own, /there is no transaction on this connection/)
  })

  it("does nothing again when the answer to its COMMIT was lost", async () => {
    const isCut = Promise.withResolvers<void>()
    await using own = await subscribed(async ({ keep, move }) => {
      await isCut.promise
      await move()
      await keep()
    })
    await own.proxy.behave({ kind: "cut-commit-answer", when: (commit) => commit === 1 })
    isCut.resolve()
    await expectOnce(own)
    await expect.poll(() => own.subscription.status().problem, { timeout: 30_000 }).toBe(null)
    expect(own.proxy.cuts()).toBe(1)
    expect(own.tries()).toBe(2)
  })
})
