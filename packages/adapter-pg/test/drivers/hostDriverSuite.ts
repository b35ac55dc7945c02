/** What a reservation in a host's own transaction must do, whichever driver the host has. */
import {
  type AnyHoldfastError,
  isHoldfastError,
  type Sku,
  type TransactionCommands
} from "@holdfast/core"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type HostTransaction, withinTransaction } from "../../src/index.ts"
import { type Host, openHost } from "../transaction/hosts.ts"

/** A transaction that a driver has begun. */
export interface BegunTransaction {
  /** What the engine is given. */
  readonly host: HostTransaction
  /** Writes a row of the host, by the driver's own means. */
  readonly insertOrder: (orderId: string) => PromiseLike<unknown>
}

/** A driver that is open on a host's database. */
export interface HostDriver extends AsyncDisposable {
  /** Commits what `work` did, or rolls it back when `work` rejects. */
  readonly transaction: <A>(work: (tx: BegunTransaction) => Promise<A>) => Promise<A>
  /** The driver with no transaction begun. */
  readonly outside: HostTransaction
}

const refusal = async (call: Promise<unknown>): Promise<AnyHoldfastError> => {
  const error = await call.then(
    () => expect.unreachable("the call was answered"),
    (caught: unknown) => caught
  )
  if (!isHoldfastError(error)) throw error
  return error
}

/** Every kind of command, with values that are hard to send and to read. */
const everyKindOfCommand = async ({ inventory }: Host, driver: HostDriver) => {
  const once = <A>(work: (commands: TransactionCommands) => Promise<A>): Promise<A> =>
    driver.transaction((tx) => work(withinTransaction(tx.host)))
  const odd = `{"a",NULL,b} \\ 'c' ? ?? :p1 이름 🧺 $1`
  const sku = await once((commands) =>
    commands.registerSku({ code: odd, name: odd, description: null, weight: 0.125, volume: null })
  )
  expect(await inventory.skuByCode(odd)).toEqual(sku)
  const occurredAt = new Date("2026-02-03T04:05:06.789Z")
  const { movements } = await once((commands) =>
    commands.receive({ skuId: sku.id, quantity: 1_000_000_000, reference: odd, occurredAt })
  )
  expect((await inventory.movements(sku.id)).items).toEqual(movements)
  expect(movements).toMatchObject([{ occurredAt, quantity: 1_000_000_000, reference: odd }])
  const lines = ["a", "b"].map((lineId) => ({ lineId, skuId: sku.id, quantity: 2 }))
  const order = { orderId: `of ${sku.id}` }
  const holds = await once((commands) => commands.reserve({ ...order, lines, ttl: 60 }))
  expect((await inventory.reservationsOfOrder(order.orderId)).items).toEqual(holds)
  await once((commands) => commands.confirmOrder(order))
  await once((commands) => commands.fulfilOrder(order))
  expect((await inventory.reservationsOfOrder(order.orderId)).items).toMatchObject([
    { status: "FULFILLED", expiresAt: null },
    { status: "FULFILLED", expiresAt: null }
  ])
  expect(await inventory.stock(sku.id)).toMatchObject({ totalQuantity: 999_999_996 })
}

/** Holds a driver to it, on a database that its tests share. Each has a SKU of its own. */
export const hostDriverSuite = (
  name: string,
  open: (url: string) => HostDriver | Promise<HostDriver>
): void =>
  describePostgres(18, `H8 a host's transaction on ${name}`, () => {
    let host: Host
    let driver: HostDriver

    beforeAll(async () => {
      host = await openHost()
      driver = await open(host.url)
    })

    afterAll(async () => {
      await driver?.[Symbol.asyncDispose]()
      await host?.[Symbol.asyncDispose]()
    })

    const register = (id: string): Promise<Sku> =>
      host.inventory.registerSku({ skuId: id, code: id, name: id, initialStock: 10 })

    const reserve = (host: HostTransaction, id: string, quantity = 3, schema?: string) =>
      withinTransaction(host, { schema }).reserve({ orderId: id, lines: [{ skuId: id, quantity }] })

    const seen = async (id: string) => ({
      isStored: (await host.orders()).includes(id),
      reserved: (await host.inventory.stock(id)).reservedQuantity,
      accuracy: (await host.inventory.reconcile()).accuracy
    })

    it("commits the host's row and the reservation together", async () => {
      await register("together")
      const holds = await driver.transaction(async (tx) => {
        await tx.insertOrder("together")
        const answer = await reserve(tx.host, "together")
        expect(await seen("together")).toMatchObject({ isStored: false, reserved: 0 })
        return answer
      })
      expect((await host.inventory.reservationsOfOrder("together")).items).toEqual(holds)
      expect(await seen("together")).toEqual({ isStored: true, reserved: 3, accuracy: 1 })
    })

    it("rolls both back when the host does", async () => {
      await register("declined")
      const work = driver.transaction(async (tx) => {
        await tx.insertOrder("declined")
        await reserve(tx.host, "declined")
        throw new Error("the payment was declined")
      })
      await expect(work).rejects.toThrow("declined")
      expect(await seen("declined")).toEqual({ isStored: false, reserved: 0, accuracy: 1 })
    })

    it("lets the host commit its own row after a refusal", async () => {
      await register("short")
      await driver.transaction(async (tx) => {
        const error = await refusal(reserve(tx.host, "short", 11))
        expect(error).toMatchObject({
          code: "InsufficientStock",
          details: { lines: [{ skuId: "short", available: 10 }] }
        })
        await tx.insertOrder("short")
      })
      expect(await seen("short")).toEqual({ isStored: true, reserved: 0, accuracy: 1 })
    })

    it("is refused when none has begun", async () => {
      await register("outside")
      const error = await refusal(reserve(driver.outside, "outside"))
      expect(error).toMatchObject({
        code: "TransactionUnusable",
        message: expect.stringContaining("there is no transaction")
      })
      expect(await seen("outside")).toEqual({ isStored: false, reserved: 0, accuracy: 1 })
    })

    it("is refused for a second call, and keeps what the first did", async () => {
      await register("twice")
      await driver.transaction(async (tx) => {
        await reserve(tx.host, "twice")
        const error = await refusal(reserve(tx.host, "twice"))
        expect(error).toMatchObject({
          code: "TransactionUnusable",
          message: expect.stringContaining("its one engine call")
        })
      })
      expect(await seen("twice")).toEqual({ isStored: false, reserved: 3, accuracy: 1 })
    })

    it("H7 is Busy while the SKU is locked, and can only be rolled back", async () => {
      await register("locked")
      const locking = await host.pool.connect()
      try {
        await locking.query("begin")
        await locking.query("select 1 from inventory.inventory where sku_id = 'locked' for update")
        const work = driver.transaction(async (tx) => {
          await tx.insertOrder("locked")
          await reserve(tx.host, "locked")
        })
        const error = await refusal(work)
        expect(error).toMatchObject({ code: "Busy", isRetryable: true })
        expect(error.message).toContain("roll this transaction back first")
      } finally {
        locking.release(true)
      }
      expect(await seen("locked")).toEqual({ isStored: false, reserved: 0, accuracy: 1 })
    })

    it("H7 passes on the message of the server when there are no tables", async () => {
      const work = driver.transaction((tx) => reserve(tx.host, "lost", 1, "elsewhere"))
      expect(await refusal(work)).toMatchObject({
        code: "Unavailable",
        message: expect.stringContaining("the tables are missing")
      })
    })

    it("takes every kind of command and of value", async () => {
      await everyKindOfCommand(host, driver)
      expect(await host.inventory.reconcile()).toMatchObject({ accuracy: 1 })
    })
  })
