import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { makeAuthority } from "@holdfast/test-servers"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { holdfast, type ServerProcess, startServer } from "../ServerProcess.ts"
import { certificateFolder, localNames } from "./tls/certificateFolder.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const health = (port: number, ...args: ReadonlyArray<string>) =>
  holdfast(["health", ...args], { env: { HOLDFAST_PORT: String(port), HOLDFAST_TIMEOUT: "30s" } })

describe("holdfast health", () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(["--memory"])
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it("ends with 0 when the server of the same settings is ready, or lives", async () => {
    const ready = await health(server.port, "--host", "0.0.0.0")
    expect([ready.code, ready.stdout]).toEqual([
      0,
      expect.stringMatching(/^ready\n {2}ok {2}inventory: its database answers\n/)
    ])
    const living = await health(server.port, "--live")
    expect([living.code, living.stdout]).toEqual([0, "live\n"])
    const live = await health(server.port, "--live", "--json")
    const url = `http://127.0.0.1:${server.port}/health/live`
    expect([live.code, JSON.parse(live.stdout)]).toEqual([0, { url, status: 200 }])
  })

  it("ends with 1 and says why when the server is not ready, or nobody answers", async () => {
    const away = createServer((_request, response) => {
      response.writeHead(503).end("the database is away")
    })
    await new Promise<void>((resolve) => away.listen(0, "127.0.0.1", resolve))
    const { port } = away.address() as AddressInfo
    const unready = await health(port)
    expect([unready.code, unready.stderr]).toEqual([
      1,
      `holdfast: http://127.0.0.1:${port}/health/ready answers with 503: the database is away\n`
    ])
    await new Promise((resolve) => away.close(resolve))
    const nobody = await health(port, "--json")
    expect([nobody.code, JSON.parse(nobody.stdout)]).toMatchObject([
      1,
      { error: { code: "Unanswered", message: expect.stringContaining("start a server, or give") } }
    ])
  })

  it("does not wait for ever", async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve))
    const { port } = silent.address() as AddressInfo
    const { code, stderr } = await health(port, "--timeout", "100ms")
    expect(code).toBe(1)
    expect(stderr).toContain("100 ms have passed")
    silent.closeAllConnections()
    await new Promise((resolve) => silent.close(resolve))
  })

  it("refuses a port that is no port", async () => {
    const { code, stderr } = await health(0)
    expect([code, stderr]).toEqual([
      2,
      "holdfast: --port 0 is any free port: say on which one the server listens\n"
    ])
  })
})

describe("holdfast health over TLS", () => {
  it("shows the server's own certificate where one is demanded", async () => {
    const authority = await makeAuthority()
    using folder = certificateFolder()
    folder.putBoth("server", await authority.issue({ names: localNames, usage: "both" }))
    folder.put("ca.pem", authority.pem)
    const tls = [
      ...["--tls-cert", folder.at("server.pem"), "--tls-key", folder.at("server.key")],
      ...["--tls-client-ca", folder.at("ca.pem")]
    ]
    await using server = await startServer(["--memory", ...tls])
    const { code, stdout } = await health(server.port, ...tls)
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ready\n/)])
    const plain = await health(server.port)
    expect(plain.code).toBe(1)
  })
})
