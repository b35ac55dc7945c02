/** The event log through the client, over a server that cuts its connections. */
import { createServer } from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"
import { afterAll, expect, it } from "vitest"
import { serverForTests } from "../../../http/test/server.ts"
import { CallNotAnswered, holdfastClient, RefusalThrown } from "../../src/index.ts"

const server = serverForTests()

/** Passes bytes on, until it is asked to cut what is open. */
const open = new Set<Socket>()
const proxy = createServer()
proxy.removeAllListeners("connection")
proxy.on("connection", (socket: Socket) => {
  const beyond = connect(server.port(), "127.0.0.1")
  open.add(socket)
  socket.on("close", () => open.delete(socket))
  for (const [from, to] of [
    [socket, beyond],
    [beyond, socket]
  ] as const) {
    from.pipe(to)
    from.on("error", () => to.destroy())
    from.on("close", () => to.destroy())
  }
})
afterAll(() => {
  for (const socket of open) socket.destroy()
  proxy.close()
})

it("goes on after the last event when a connection breaks, without a hole or a repeat", async () => {
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
  const through = holdfastClient({
    baseUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  })
  const direct = holdfastClient({ baseUrl: `http://127.0.0.1:${server.port()}` })
  const leaving = new AbortController()
  const positions: Array<number> = []
  const skuId = await server.sku(1)
  let cuts = 0
  for await (const { position } of through.events.stream(
    { after: 0 },
    { signal: leaving.signal }
  )) {
    positions.push(position)
    if (positions.length >= 40) break
    await direct.stock.receive({ skuId, quantity: 1 })
    if (positions.length % 10 === 0) {
      cuts++
      for (const socket of open) socket.destroy()
    }
  }
  expect(cuts).toBe(3)
  const listed = await direct.events.list({ size: 40 })
  expect(listed.ok && listed.answer.items.map(({ position }) => position)).toEqual(positions)
  expect(open.size).toBeLessThanOrEqual(1)
})

it("ends with its signal, and throws why it is refused", async () => {
  const client = holdfastClient({ baseUrl: `http://127.0.0.1:${server.port()}` })
  const why = new Error("enough")
  const signal = AbortSignal.abort(why)
  await expect(client.events.stream({}, { signal }).next()).rejects.toBe(why)
  const beyond = client.events.stream({ after: 1_000_000 }).next()
  await expect(beyond).rejects.toThrow(RefusalThrown)
  await expect(beyond).rejects.toMatchObject({ refusal: { problem: "position-beyond-log" } })
})

it("gives up a server that takes connections and never answers", async () => {
  let asked = 0
  const mute = createServer(() => {
    asked++
  })
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve))
  const client = holdfastClient({
    baseUrl: `http://127.0.0.1:${(mute.address() as AddressInfo).port}`,
    ...{ tryMillisMax: 50, retriesMax: 1, pauseMillisMax: 1 }
  })
  await expect(client.events.stream({ after: 0 }).next()).rejects.toBeInstanceOf(CallNotAnswered)
  expect(asked).toBe(2)
  mute.closeAllConnections()
  mute.close()
})
