/**
 * Requests whose end two parsers could see in two places. Behind a proxy, what the proxy takes for a
 * body would be a request of somebody else. Each is refused and its connection closed, or else it is
 * read in the one way there is; what hides in it never runs.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { get, registerSku } from "../requests.ts"
import { type ServerProcess, startServer } from "../ServerProcess.ts"
import { exchange, statusesIn } from "./rawConnections.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let server: ServerProcess
beforeAll(async () => {
  server = await startServer(["--memory", "--receive-timeout", "1s"])
  await registerSku(server.url, "mug", 100)
})
afterAll(() => server[Symbol.asyncDispose]())

const body = '{"skuIds":["mug"]}'
const crlf = "\r\n"
const lines = (...all: ReadonlyArray<string>) => all.join(crlf)

/** A request that would take stock, as it would hide in another one. */
const hidden = (orderId: string) => {
  const json = JSON.stringify({ skuId: "mug", quantity: 1, orderId })
  return lines(
    "POST /api/inventory/reservations HTTP/1.1",
    "host: localhost",
    "content-type: application/json",
    `content-length: ${json.length}`,
    "connection: close",
    "",
    json
  )
}

const start = "POST /api/inventory/stock-status HTTP/1.1"
const json = "content-type: application/json"
const host = "host: localhost"
const chunk = `${body.length.toString(16)}${crlf}${body}${crlf}0${crlf}${crlf}`
const zero = `0${crlf}${crlf}`

/** A head and what follows it. */
const request = (head: ReadonlyArray<string>, rest: string) => `${lines(...head, "", "")}${rest}`

type Case = readonly [name: string, bytes: (orderId: string) => string]

/** Of these nothing may be answered but a refusal. */
const refused: ReadonlyArray<Case> = [
  [
    "a length and chunks",
    (id) =>
      request(
        [start, host, json, `content-length: ${zero.length}`, "transfer-encoding: chunked"],
        `${zero}${hidden(id)}`
      )
  ],
  [
    "chunks and a length",
    (id) =>
      request(
        [start, host, json, "transfer-encoding: chunked", "content-length: 4"],
        `${chunk}${hidden(id)}`
      )
  ],
  [
    "two lengths that differ",
    (id) =>
      request(
        [start, host, json, `content-length: ${body.length}`, "content-length: 0"],
        `${body}${hidden(id)}`
      )
  ],
  [
    "two lengths that agree",
    (id) =>
      request(
        [start, host, json, `content-length: ${body.length}`, `content-length: ${body.length}`],
        `${body}${hidden(id)}`
      )
  ],
  [
    "a list of lengths",
    (id) =>
      request([start, host, json, `content-length: ${body.length}, 0`], `${body}${hidden(id)}`)
  ],
  [
    "a length with a sign",
    (id) => request([start, host, json, `content-length: +${body.length}`], `${body}${hidden(id)}`)
  ],
  [
    "a negative length",
    (id) => request([start, host, json, "content-length: -1"], `${body}${hidden(id)}`)
  ],
  [
    "a length in hexadecimal",
    (id) => request([start, host, json, "content-length: 0x12"], `${body}${hidden(id)}`)
  ],
  [
    "a length beyond all bounds",
    (id) =>
      request([start, host, json, "content-length: 18446744073709551617"], `${body}${hidden(id)}`)
  ],
  [
    "chunks that are no chunks",
    (id) => request([start, host, json, "transfer-encoding: xchunked"], `${chunk}${hidden(id)}`)
  ],
  [
    "chunks that are not the last coding",
    (id) =>
      request([start, host, json, "transfer-encoding: chunked, identity"], `${chunk}${hidden(id)}`)
  ],
  [
    "a name with a space before its colon",
    (id) => request([start, host, json, "transfer-encoding : chunked"], `${chunk}${hidden(id)}`)
  ],
  [
    "a name that begins with a space",
    (id) => request([start, " transfer-encoding: chunked", host, json], `${chunk}${hidden(id)}`)
  ],
  [
    "a header over two lines",
    (id) => request([start, host, json, "transfer-encoding:", " chunked"], `${chunk}${hidden(id)}`)
  ],
  [
    "lines that end with a line feed alone",
    (id) =>
      `${[start, host, json, "transfer-encoding: chunked", "", ""].join("\n")}${chunk}${hidden(id)}`
  ],
  [
    "a line feed alone within a header",
    (id) =>
      request([start, host, `x: a\ntransfer-encoding: chunked`, json], `${chunk}${hidden(id)}`)
  ],
  [
    "a carriage return alone within a header",
    (id) =>
      request([start, host, `x: a\rtransfer-encoding: chunked`, json], `${chunk}${hidden(id)}`)
  ],
  [
    "a NUL within a header",
    (id) => request([start, host, "x: a\u0000b", json, "content-length: 0"], hidden(id))
  ],
  [
    "a chunk whose size is no number",
    (id) => request([start, host, json, "transfer-encoding: chunked"], `0x${chunk}${hidden(id)}`)
  ],
  [
    "a chunk whose size is beyond all bounds",
    (id) =>
      request(
        [start, host, json, "transfer-encoding: chunked"],
        `10000000000000012${crlf}${body}${crlf}${zero}${hidden(id)}`
      )
  ],
  [
    "a chunk that is longer than its size",
    (id) =>
      request(
        [start, host, json, "transfer-encoding: chunked"],
        `2${crlf}${body}${crlf}${zero}${hidden(id)}`
      )
  ],
  [
    "a chunk that ends with a line feed alone",
    (id) =>
      request(
        [start, host, json, "transfer-encoding: chunked"],
        `${body.length.toString(16)}\n${body}\n0\n\n${hidden(id)}`
      )
  ],
  ["no version", (id) => `POST /api/inventory/stock-status${crlf}${crlf}${hidden(id)}`],
  [
    "a version that is none",
    (id) => request(["POST / HTTP/1.9", host, "content-length: 0"], hidden(id))
  ],
  [
    "a line that begins with a space",
    (id) => request([` ${start}`, host, json, "content-length: 0"], hidden(id))
  ]
]

/** These are read as they are meant; what follows is a request of its own, and says so. */
const readAsMeant: ReadonlyArray<Case> = [
  [
    "one request after another",
    (id) => request([start, host, json, `content-length: ${body.length}`], `${body}${hidden(id)}`)
  ],
  [
    "chunks, and then another request",
    (id) => request([start, host, json, "transfer-encoding: chunked"], `${chunk}${hidden(id)}`)
  ]
]

const reservationsOf = async (orderId: string): Promise<number> =>
  (await get(server.url, `/api/inventory/orders/${orderId}/reservations`)).body.reservations
    ?.length ?? 0

describe("requests that could be read in two ways", () => {
  it(`are refused, their connection is closed, and what hides in them never runs: ${refused.length} of them`, async () => {
    const outcomes: Array<unknown> = []
    for (const [index, [name, bytes]] of refused.entries()) {
      const heard = await exchange(server.port, bytes(`hidden-${index}`))
      const statuses = statusesIn(heard)
      const isRefused = statuses.length <= 1 && statuses.every((it) => it >= 400 && it < 500)
      const held = await reservationsOf(`hidden-${index}`)
      if (!isRefused || held > 0) outcomes.push([name, statuses, held])
    }
    expect(outcomes).toEqual([])
  })

  it("are not those that are plain: each of two requests is answered, and runs once", async () => {
    for (const [index, [name, bytes]] of readAsMeant.entries()) {
      const heard = await exchange(server.port, bytes(`plain-${index}`))
      expect([name, statusesIn(heard)]).toEqual([name, [200, 201]])
      expect([name, await reservationsOf(`plain-${index}`)]).toEqual([name, 1])
    }
  })

  it("name one host: two are refused, whichever would be meant, and so is none", async () => {
    const line = "GET /health/live HTTP/1.1"
    for (const second of ["host: other", "host: localhost"]) {
      const head = [line, host, second, "connection: close"]
      const heard = await exchange(server.port, request(head, ""))
      expect(statusesIn(heard)).toEqual([400])
      expect(heard).toContain('"path":"host"')
    }
    expect(statusesIn(await exchange(server.port, request([line], "")))).toEqual([400])
  })

  it("do not become another protocol in the middle of a connection", async () => {
    const upgrade = [
      "connection: upgrade, http2-settings",
      "upgrade: h2c",
      "http2-settings: AAMAAABkAAQAAP__"
    ]
    const heard = await exchange(
      server.port,
      request(
        [start, host, json, ...upgrade, `content-length: ${body.length}`],
        `${body}${hidden("upgraded")}`
      )
    )
    expect(heard).not.toContain("101 Switching")
    expect(statusesIn(heard).length).toBeLessThanOrEqual(2)
    const preface = await exchange(server.port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    expect(statusesIn(preface)).toEqual([400])
  })
})
