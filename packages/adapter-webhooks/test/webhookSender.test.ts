/** What a receiver gets, and what is said of one that does not take it. */
import { createServer, type Socket } from "node:net"
import { HoldfastError } from "@holdfast/core"
import type { WebhookMessage } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Webhook } from "standardwebhooks"
import { describe, expect, it } from "vitest"
import { webhookSender } from "../src/index.ts"
import { startReceiver } from "./receiver.ts"

const secretOf = (letter: string) => `whsec_${Buffer.from(letter.repeat(32)).toString("base64")}`

const messageTo = (url: string, ...secrets: ReadonlyArray<string>): WebhookMessage => ({
  url,
  id: "event-1",
  body: '{"eventType":"inventory.stock.reserved","name":"Straße"}',
  secrets: (secrets.length === 0 ? [secretOf("a")] : secrets).map((one) => Redacted.make(one))
})

const local = { allowHttp: true, allowPrivate: true }

const send = (message: WebhookMessage, options: Parameters<typeof webhookSender>[0] = local) =>
  Effect.runPromise(webhookSender(options).send(message))

describe("the sender of webhooks", () => {
  it("posts the event, signed so that any Standard Webhooks library verifies it", async () => {
    await using receiver = await startReceiver()
    const message = messageTo(`${receiver.url}?shop=1`, secretOf("n"), secretOf("o"))
    const answer = await send(message)
    expect(answer).toMatchObject({ httpStatus: 204, problem: null, retryAfterMillis: null })
    const [got] = receiver.received
    expect(got).toMatchObject({ path: "/hooks?shop=1", body: message.body })
    const headers = got?.headers ?? {}
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(message.body)),
      "webhook-id": "event-1"
    })
    for (const letter of ["n", "o"]) {
      expect(new Webhook(secretOf(letter)).verify(message.body, headers)).toBeTypeOf("object")
    }
    expect(() => new Webhook(secretOf("x")).verify(message.body, headers)).toThrow()
    expect(() => new Webhook(secretOf("n")).verify(`${message.body} `, headers)).toThrow()
  })

  it.each([
    [500, "it answered with 500"],
    [404, "it answered with 404"],
    [302, "it answered with 302, and redirects are not followed"]
  ])("says what a receiver answered with %i", async (status, problem) => {
    await using elsewhere = await startReceiver()
    await using receiver = await startReceiver((response) =>
      response.writeHead(status, { location: elsewhere.url, "retry-after": "7" }).end("not now")
    )
    const answer = await send(messageTo(receiver.url))
    expect(answer).toMatchObject({ httpStatus: status, problem, retryAfterMillis: 7_000 })
    expect(elsewhere.received).toEqual([])
  })

  it("gives up on a receiver that hangs, before or after it took the request", async () => {
    await using silent = await startReceiver(() => undefined)
    const problem = "it did not answer within 0.2 seconds"
    const options = { ...local, timeoutMillis: 200 }
    expect(await send(messageTo(silent.url), options)).toMatchObject({ httpStatus: null, problem })
    const sockets: Array<Socket> = []
    const deaf = createServer((socket) => sockets.push(socket))
    await new Promise<void>((done) => deaf.listen(0, "127.0.0.1", done))
    const { port } = deaf.address() as { port: number }
    const answer = await send(messageTo(`http://127.0.0.1:${port}/`), options)
    expect(answer).toMatchObject({ httpStatus: null, problem })
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => deaf.close(done))
  })

  it("takes the status of a receiver that never ends its answer, and keeps none of it", async () => {
    await using receiver = await startReceiver((response) => {
      response.writeHead(200)
      const write = () => {
        if (response.write("x".repeat(65_536))) setImmediate(write)
        else response.once("drain", write)
      }
      write()
      response.on("error", () => undefined)
    })
    const answer = await send(messageTo(receiver.url))
    expect(answer).toMatchObject({ httpStatus: 200, problem: null })
  })

  it.each([
    ["http://127.0.0.1:1/", "it refuses connections"],
    ["http://no-such-host.invalid/", "its name cannot be resolved"]
  ])("says why %s was not reached", async (url, words) => {
    const { httpStatus, problem } = await send(messageTo(url))
    expect(httpStatus).toBe(null)
    expect(problem).toContain(words)
  })

  it("says that a receiver without TLS does not speak https", async () => {
    await using receiver = await startReceiver()
    const { problem } = await send(messageTo(receiver.url.replace("http:", "https:")))
    expect(problem).toContain("does not speak https")
  })

  it("gives up on a receiver that wants to speak another protocol", async () => {
    const server = createServer((socket) => {
      socket.once("data", () =>
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ws\r\n\r\n"
        )
      )
      socket.on("error", () => undefined)
    })
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
    const { port } = server.address() as { port: number }
    const answer = await send(messageTo(`http://127.0.0.1:${port}/`))
    const problem = "it closed the connection without an answer"
    expect(answer).toMatchObject({ httpStatus: null, problem })
    await new Promise((done) => server.close(done))
  })

  it("reaches an address whose host has others that hang", async () => {
    const { send: sendBy } = webhookSender(local)
    const arrived = Promise.withResolvers<void>()
    const hangingMax = 40
    let hanging = 0
    await using receiver = await startReceiver((response, { path }) => {
      if (path !== "/slow") response.writeHead(204).end()
      else if (++hanging === hangingMax) arrived.resolve()
    })
    const slow = messageTo(receiver.url.replace("/hooks", "/slow"))
    const stop = new AbortController()
    const stuck = Array.from({ length: hangingMax }, () =>
      Effect.runPromiseExit(sendBy(slow), { signal: stop.signal })
    )
    await arrived.promise
    expect(await Effect.runPromise(sendBy(messageTo(receiver.url)))).toMatchObject({
      httpStatus: 204
    })
    stop.abort()
    await Promise.all(stuck)
  })

  it("uses a connection again", async () => {
    await using receiver = await startReceiver()
    const { send: sendBy } = webhookSender(local)
    for (let n = 0; n < 5; n++) await Effect.runPromise(sendBy(messageTo(receiver.url)))
    expect(receiver.received).toHaveLength(5)
    expect(receiver.connections()).toBe(1)
  })
})

describe("the addresses that nothing is sent to", () => {
  it.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://172.16.0.9/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://localhost/",
    "http://shop.localhost./"
  ])("are %s and its like", async (url) => {
    const sender = webhookSender({ allowHttp: true })
    expect(sender.objectionTo(url)).toContain("is not a public address")
    const answer = await Effect.runPromise(sender.send(messageTo(url)))
    expect(answer).toMatchObject({ httpStatus: null, durationMillis: 0 })
    expect(webhookSender(local).objectionTo(url)).toBe(undefined)
  })

  it("are none of the public ones", () => {
    const sender = webhookSender()
    for (const url of ["https://shop.example/", "https://8.8.8.8/", "https://[2606:4700::1111]/"]) {
      expect(sender.objectionTo(url)).toBe(undefined)
    }
    expect(sender.objectionTo("http://shop.example/")).toContain("must begin with https")
  })
})

describe("the options of a sender", () => {
  it.each([
    [{ timeout: 5_000 }, "options.timeout", "is not a field"],
    [{ timeoutMillis: "5s" }, "options.timeoutMillis", "must be a number"],
    [{ timeoutMillis: 0 }, "options.timeoutMillis", "must be between 1"],
    [{ allowHttp: "no" }, "options.allowHttp", "must be true or false"]
  ])("are refused when they are %j", (options, path, message) => {
    const making = () => webhookSender(options as never)
    expect(making).toThrow(`${path}: ${message}`)
    expect(making).toThrow(HoldfastError)
  })
})
