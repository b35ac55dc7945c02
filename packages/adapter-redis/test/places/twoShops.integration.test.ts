/** Two shops that share a Redis under one prefix: one of them was made as a copy of the other. */
import { createHoldfast } from "@holdfast/adapter-pg"
import { freshDatabase, type RedisServer, runOn, startRedis } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import { Redis } from "ioredis"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type RedisCache, redisCache } from "../../src/index.ts"

/** A shop on a database, with a cache in a Redis. */
const shopOf = async (url: string, { port }: RedisServer) => {
  const cache: RedisCache = redisCache(`redis://127.0.0.1:${port}`, {
    timeoutMillis: 1_000,
    log: () => undefined
  })
  await cache.settled()
  const { catalog, close, inventory } = await createHoldfast({ url, cache })
  return {
    catalog,
    inventory,
    [Symbol.asyncDispose]: async () => {
      await close()
      await cache.close()
    }
  }
}

type Shop = Awaited<ReturnType<typeof shopOf>>

const stocked = async ({ catalog, inventory }: Shop) => {
  await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 })
  const { id } = await catalog.createProduct({ name: "Mug", type: "NORMAL" })
  return id
}

const seenOf = async ({ catalog, inventory }: Shop, productId: string) => {
  const page = await catalog.product(productId)
  return [page?.product.name, (await inventory.stock("mug")).totalQuantity]
}

describeRedis("two databases in one Redis", () => {
  describePostgres(18, "of which one is a copy of the other", () => {
    let redis: RedisServer
    let peek: Redis
    beforeAll(async () => {
      redis = await startRedis()
      peek = new Redis(redis.port, "127.0.0.1")
    }, 60_000)
    afterAll(async () => {
      peek.disconnect()
      await redis.stop()
    })

    it("drop none of each other's copies, and answer with none", async () => {
      const original = await freshDatabase()
      const copied = `${new URL(original.url).pathname.slice(1)}_copied`
      const url = Object.assign(new URL(original.url), { pathname: `/${copied}` }).href
      const productId = await (async () => {
        await using shop = await shopOf(original.url, redis)
        return await stocked(shop)
      })()
      await runOn(
        original.url.replace(/\/[^/]*$/, "/postgres"),
        `
        create database ${copied} template ${copied.replace(/_copied$/, "")}`
      )
      try {
        await using one = await shopOf(original.url, redis)
        await using other = await shopOf(url, redis)
        const kept = async () => {
          const keys = await peek.keys("holdfast:copy:*")
          return keys.filter((key) => key.includes(productId) || key.endsWith(":mug")).sort()
        }
        const both = async () => [await seenOf(one, productId), await seenOf(other, productId)]
        await expect
          .poll(async () => [await both(), (await kept()).length], { timeout: 60_000 })
          .toEqual([
            [
              ["Mug", 5],
              ["Mug", 5]
            ],
            4
          ])
        const before = await peek.mget(await kept())

        await one.catalog.updateProduct({ productId, name: "Cup" })
        await one.inventory.receive({ skuId: "mug", quantity: 2 })
        await expect.poll(both, { timeout: 20_000 }).toEqual([
          ["Cup", 7],
          ["Mug", 5]
        ])
        // Two of the four were dropped and kept anew; those of the other database are as they were.
        const after = await peek.mget(await kept())
        expect(before.filter((text) => after.includes(text))).toHaveLength(2)

        // The other reaches the very same versions, by other changes.
        await other.catalog.updateProduct({ productId, name: "Bowl" })
        await other.inventory.receive({ skuId: "mug", quantity: 40 })
        await expect.poll(both, { timeout: 20_000 }).toEqual([
          ["Cup", 7],
          ["Bowl", 45]
        ])
      } finally {
        await runOn(original.url, `drop database if exists ${copied} with (force)`)
        await original.drop()
      }
    }, 180_000)
  })
})
