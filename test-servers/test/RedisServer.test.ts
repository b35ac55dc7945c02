import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { makeAuthority, startRedis, startRedisCluster, startWatchedRedis } from "../src/index.ts"
import { describeRedis } from "../src/suites/describeRedis.ts"
import { silence } from "./silence.ts"

describeRedis("a Redis server", () => {
  it("keeps its port through kill -9, and leaves nothing when it is stopped", async () => {
    await using stack = new AsyncDisposableStack()
    const server = await startRedis()
    stack.defer(server.stop)
    expect(await server.call("PING")).toBe("PONG")
    await server.kill9()
    await silence(server.port)
    await server.restart()
    expect(await server.call("PING")).toBe("PONG")
    await server.stop()
    await silence(server.port)
  })

  it("starts again from an older dump, or from nothing", async () => {
    await using stack = new AsyncDisposableStack()
    const server = await startRedis()
    stack.defer(server.stop)
    await server.call("SET", "a", "old")
    await server.keepDump()
    await server.call("SET", "a", "new")
    await server.kill9()
    server.forget("dump")
    await server.restart()
    expect(await server.call("GET", "a")).toBe("old")
    await server.kill9()
    server.forget("nothing")
    await server.restart({ maxmemory: "2mb" })
    expect(await server.call("GET", "a")).toBe(null)
    expect(String(await server.call("CONFIG", "GET", "maxmemory"))).toContain("2097152")
  })

  it("ends when the process that started it is killed", async () => {
    const script = fileURLToPath(new URL("holdRedis.ts", import.meta.url))
    const holder = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] })
    const port = await new Promise<number>((resolve) => {
      holder.stdout.setEncoding("utf8").once("data", (line: string) => resolve(Number(line)))
    })
    holder.kill("SIGKILL")
    await silence(port)
  })

  it("is replaced by its replica when the sentinels miss it", async () => {
    await using stack = new AsyncDisposableStack()
    const { sentinels, servers, stop } = await startWatchedRedis()
    stack.defer(stop)
    await servers[0]?.kill9()
    const port = String(servers[1]?.port)
    const current = async () =>
      String(await sentinels[0]?.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "shop"))
    await expect.poll(current, { timeout: 20_000 }).toContain(port)
  })

  it("is a cluster of three", async () => {
    await using stack = new AsyncDisposableStack()
    const { nodes, stop } = await startRedisCluster()
    stack.defer(stop)
    expect(String(await nodes[0]?.call("CLUSTER", "INFO"))).toContain("cluster_slots_ok:16384")
  })
})

describeRedis(
  "a Redis server over TLS",
  () => {
    it("takes no plain connection", async () => {
      await using stack = new AsyncDisposableStack()
      const authority = await makeAuthority()
      const certified = await authority.issue({ names: ["IP:127.0.0.1"] })
      const server = await startRedis({ tls: { ...certified, ca: authority.pem } })
      stack.defer(server.stop)
      await expect(server.call("PING")).rejects.toThrow()
    })
  },
  { tls: true }
)
