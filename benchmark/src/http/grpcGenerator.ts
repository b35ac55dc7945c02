/**
 * Reserves over gRPC on one connection, so many calls under way, and prints how many a second were
 * answered. A process of its own, on bare HTTP/2, so that it costs less than what it measures.
 */
import { connect } from "node:http2"
import { create, toBinary } from "@bufbuild/protobuf"
import { services } from "@holdfast/grpc"

/** What the generator is asked to do: the one argument of the process, as JSON. */
export interface GrpcGeneratorOptions {
  readonly address: string
  readonly calls: number
  readonly budget: { readonly seconds: number } | { readonly operations: number }
  /** SKUs to reserve of, `sku-1` and so on. */
  readonly skuCount: number
}

const { address, budget, calls, skuCount } = JSON.parse(
  process.argv[2] ?? "{}"
) as GrpcGeneratorOptions

const reserve = services.inventory.methods.find(({ name }) => name === "Reserve")
if (reserve === undefined) throw new Error("there is no method Reserve")
const { input } = reserve
const path = `/${services.inventory.typeName}/Reserve`

let sent = 0
const nextFrame = (): Buffer => {
  sent += 1
  const skuId = `sku-${Math.floor(Math.random() * skuCount) + 1}`
  const request = { orderId: `order-${sent}`, ttl: 900n, lines: [{ skuId, quantity: 1n }] }
  const message = toBinary(input, create(input, request as Record<string, unknown>))
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

const start = performance.now()
const end = "seconds" in budget ? start + budget.seconds * 1000 : Number.POSITIVE_INFINITY
const total = "operations" in budget ? budget.operations : Number.POSITIVE_INFINITY
const session = connect(`http://${address}`)
let answered = 0
let isOver = false

const fail = (what: string) => {
  process.stderr.write(`${what}\n`)
  process.exit(1)
}
session.on("error", (error) => fail(String(error)))

const finish = () => {
  const perSecond = (answered * 1000) / (performance.now() - start)
  process.stdout.write(`${JSON.stringify({ perSecond })}\n`, () => process.exit(0))
}

const headers = { "content-type": "application/grpc", te: "trailers" }

const ask = (): void => {
  const stream = session.request({ ":method": "POST", ":path": path, ...headers })
  stream.on("trailers", ({ "grpc-status": status }) => {
    if (isOver) return
    if (status !== "0") fail(`a call ended with ${status}`)
    answered += 1
    isOver = answered >= total || performance.now() >= end
    if (isOver) finish()
    else ask()
  })
  stream.resume()
  stream.end(nextFrame())
}

for (let index = 0; index < calls; index++) ask()
