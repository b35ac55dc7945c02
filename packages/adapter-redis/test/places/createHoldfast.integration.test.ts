/** A host that knows no Effect gives its own client to `createHoldfast`. */
import { createHoldfast } from "@holdfast/adapter-pg"
import { scopedRedis } from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import { expect, it } from "vitest"
import { redisCache } from "../../src/index.ts"

describeRedis("createHoldfast with a cache over the host's Redis", () => {
  it("keeps products there, answers with what was written last, and goes on without Redis", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(scopedRedis(), (server) =>
          Effect.promise(async () => {
            const client = new Redis(server.port, "127.0.0.1")
            client.on("error", () => undefined)
            const log = () => undefined
            const cache = redisCache(client, { timeoutMillis: 1_000, log })
            await cache.settled()
            const { catalog, close } = await createHoldfast({ memory: true, cache })
            const { id: productId } = await catalog.createProduct({ name: "Mug", type: "NORMAL" })
            const nameNow = async () => (await catalog.product(productId))?.product.name
            const kept = async () =>
              ((await client.keys("holdfast:copy:*")) ?? []).some((key) => key.includes(productId))
            await expect
              .poll(async () => [await nameNow(), await kept()], { timeout: 20_000 })
              .toEqual(["Mug", true])
            await catalog.updateProduct({ productId, name: "Cup" })
            await expect.poll(nameNow, { timeout: 10_000 }).toBe("Cup")
            await server.kill9()
            expect(await nameNow()).toBe("Cup")
            await catalog.updateProduct({ productId, name: "Bowl" })
            await close()
            await cache.close()
            client.disconnect()
          })
        )
      )
    )
  }, 120_000)
})
