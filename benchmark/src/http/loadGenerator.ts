/**
 * Asks one server over keep-alive connections, each waiting for its answer before it asks again,
 * and prints how many a second were answered. A process of its own, so that it does not measure
 * itself, on bare sockets, so that it costs less than what it measures.
 */
import { connect, type Socket } from "node:net"

/** What the generator is asked to do: the one argument of the process, as JSON. */
export interface GeneratorOptions {
  readonly url: string
  readonly connections: number
  readonly budget: { readonly seconds: number } | { readonly operations: number }
  /**
   * The path of a GET, or of a POST with its body, or SKUs to reserve of, `sku-1` and so on: each
   * connection with one of the tokens, if there are any.
   */
  readonly ask:
    | { readonly get: string }
    | { readonly post: string; readonly body: string }
    | { readonly reserveOf: number; readonly tokens?: ReadonlyArray<string> }
}

const { ask, budget, connections, url } = JSON.parse(process.argv[2] ?? "{}") as GeneratorOptions
const { host, hostname, port } = new URL(url)

let sent = 0
const run = process.pid.toString(36)
const postOf = (path: string, body: string, fields = ""): string =>
  `POST ${path} HTTP/1.1\r\nhost: ${host}\r\n${fields}` +
  `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`

const tokens = ("reserveOf" in ask && ask.tokens) || []

const nextRequest = (connection: number): string => {
  sent += 1
  if ("post" in ask) return postOf(ask.post, ask.body)
  if ("get" in ask) return `GET ${ask.get} HTTP/1.1\r\nhost: ${host}\r\n\r\n`
  const skuId = `sku-${Math.floor(Math.random() * ask.reserveOf) + 1}`
  // Orders are of who made them, so no two runs may meet in one.
  const body = JSON.stringify({ skuId, quantity: 1, orderId: `order-${run}-${sent}`, ttl: 900 })
  const token = tokens[connection % tokens.length]
  const fields = token === undefined ? "" : `authorization: Bearer ${token}\r\n`
  return postOf("/api/inventory/reservations", body, fields)
}

const wanted = "get" in ask || "post" in ask ? "HTTP/1.1 200" : "HTTP/1.1 201"
const start = performance.now()
const end = "seconds" in budget ? start + budget.seconds * 1000 : Number.POSITIVE_INFINITY
const total = "operations" in budget ? budget.operations : Number.POSITIVE_INFINITY
const sockets: Array<Socket> = []
let answered = 0

const finish = () => {
  const perSecond = (answered * 1000) / (performance.now() - start)
  process.stdout.write(`${JSON.stringify({ perSecond })}\n`, () => process.exit(0))
  for (const socket of sockets) socket.destroy()
}

const fail = (what: string) => {
  process.stderr.write(`${what}\n`)
  process.exit(1)
}

/** The length of the first whole answer in a text, or undefined while some of it is missing. */
const lengthOfAnswer = (text: string): number | undefined => {
  const head = text.indexOf("\r\n\r\n")
  if (head < 0) return undefined
  const length = head + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1])
  if (Number.isNaN(length)) fail(`an answer without a length: ${text}`)
  return text.length >= length ? length : undefined
}

let isOver = false
for (let index = 0; index < connections; index++) {
  let text = ""
  const socket = connect(Number(port), hostname, () => socket.write(nextRequest(index)))
  socket.setNoDelay(true)
  socket.on("error", (error) => fail(String(error)))
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1")
    if (lengthOfAnswer(text) === undefined || isOver) return
    if (!text.startsWith(wanted)) fail(text)
    text = ""
    answered += 1
    isOver = answered >= total || performance.now() >= end
    if (isOver) finish()
    else socket.write(nextRequest(index))
  })
  sockets.push(socket)
}
