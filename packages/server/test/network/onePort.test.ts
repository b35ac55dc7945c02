/** gRPC and gRPC-Web on the port of HTTP. */
import { connect } from "node:net"
import { Code, ConnectError, createClient } from "@connectrpc/connect"
import { createGrpcWebTransport } from "@connectrpc/connect-web"
import { services } from "@holdfast/grpc"
import { expect, it, vi } from "vitest"
import { endOf, TestClient } from "../../../grpc/test/calling.ts"
import { get } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const mug = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 }

type Call = (request: object) => Promise<unknown>

const webClient = (url: string) =>
  createClient(services.inventory, createGrpcWebTransport({ baseUrl: url })) as unknown as Readonly<
    Record<"reserve" | "getStock", Call>
  >

it("one port answers REST, gRPC and gRPC-Web from one store", async () => {
  await using server = await startServer(["--memory", "--grpc-port", "same", "--grpc-web"])
  const { grpc } = server as unknown as { readonly grpc: string }
  expect(server.url).toBe(`http://${grpc}`)
  const client = new TestClient(grpc)
  expect(await client.call("inventory", "registerSku", mug)).toMatchObject({ code: 0 })
  const web = webClient(server.url)
  await web.reserve({ orderId: "of-web", lines: [{ skuId: "mug", quantity: 2n }] })
  const { body } = await get(server.url, "/api/inventory/mug")
  expect(body).toMatchObject({ reservedQuantity: 2, availableQuantity: 3 })
  const lines = [{ skuId: "mug", quantity: 9n }]
  const refused = await web.reserve({ orderId: "too-much", lines }).catch(ConnectError.from)
  expect(refused).toMatchObject({ code: Code.FailedPrecondition })
  client.close()
})

it("a server that stops ends streams of both, and answers what is under way", async () => {
  await using server = await startServer(["--memory", "--grpc-port", "same", "--grpc-web"])
  const { grpc } = server as unknown as { readonly grpc: string }
  const client = new TestClient(grpc)
  await client.call("inventory", "registerSku", mug)
  const stream = client.events({})
  const first = new Promise((resolve) => stream.once("data", resolve))
  const ended = endOf(stream)
  await first
  const stopped = server.stop()
  expect(await ended).toMatchObject({ code: 14, reason: "LEAVING" })
  expect((await stopped).code).toBe(0)
  client.close()
})

it("a connection that says nothing is dropped, and noise is answered as over HTTP", async () => {
  await using server = await startServer([
    ...["--memory", "--grpc-port", "same", "--receive-timeout", "1s"]
  ])
  const port = Number(new URL(server.url).port)
  const heard = (bytes: string) =>
    new Promise<string>((resolve) => {
      let text = ""
      const socket = connect(port, "127.0.0.1", () => socket.write(bytes))
      socket.on("data", (chunk) => {
        text += chunk
      })
      socket.on("error", () => resolve(text))
      socket.on("close", () => resolve(text))
    })
  expect(await heard("")).toBe("")
  expect(await heard("NOISE\r\n\r\n")).toMatch(/^HTTP\/1\.1 400/)
  // HTTP/2 that is none: the connection ends.
  expect(await heard("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")).not.toMatch(/^HTTP\/1\.1 200/)
  expect((await get(server.url, "/health/ready")).status).toBe(200)
})

it("a connection is judged by as many bytes as it takes, however a network cuts them", async () => {
  await using server = await startServer(["--memory", "--grpc-port", "same"])
  const port = Number(new URL(server.url).port)
  /** What is answered first to bytes, of which the first ones come one by one. */
  const answered = (bytes: string) =>
    new Promise<Buffer>((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true })
      const send = (at: number) => {
        if (at === 3) return socket.write(Buffer.from(bytes.slice(at), "latin1"))
        return socket.write(Buffer.from(bytes.slice(at, at + 1), "latin1"), () =>
          setTimeout(send, 20, at + 1)
        )
      }
      socket.once("connect", () => send(0))
      socket.once("data", (chunk) => {
        resolve(chunk)
        socket.destroy()
      })
      socket.once("error", reject)
      socket.once("close", () => reject(new Error("it was hung up without an answer")))
    })
  const settings = "\0\0\0\x04\0\0\0\0\0"
  // An answer of HTTP/2 begins with its settings: a frame of type 4, in the fourth byte.
  expect((await answered(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}`))[3]).toBe(4)
  for (const method of ["GET", "PATCH", "POST"]) {
    const head = `${method} /health/live HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n`
    expect((await answered(head)).toString("latin1")).toMatch(/^HTTP\/1\.1 (200|405)/)
  }
})

it("says what does not go together", async () => {
  const web = await holdfast(["serve", "--memory", "--grpc-web"])
  expect(web.code).not.toBe(0)
  expect(web.stderr).toContain("--grpc-web needs --grpc-port")
  const word = await holdfast(["serve", "--memory", "--grpc-port", "here"])
  expect(word.stderr).toContain("or same for that of HTTP")
})
