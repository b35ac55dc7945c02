/**
 * What each door adds to the start and to the memory of a server, and how fast the event log is read
 * through gRPC and through pages of REST.
 */
import { connect } from "node:http2"
import { create, toBinary } from "@bufbuild/protobuf"
import { services } from "@holdfast/grpc"
import * as Effect from "effect/Effect"
import type { Bench, Benchmark } from "../../Bench.ts"
import { median } from "../../Contender.ts"
import { deployedServer, memoryOf, type RunningServer } from "../../http/childProcess.ts"
import type { Row } from "../../Report.ts"

const doors = [
  ["REST alone", []],
  ["REST and GraphQL", ["--graphql"]],
  ["REST and gRPC", ["--grpc-port", "0"]],
  ["REST, gRPC and gRPC-Web", ["--grpc-port", "0", "--grpc-web"]]
] as const

/** Starts a server once, and says how long that took and what it held then. */
const startOf = (args: ReadonlyArray<string>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const begun = performance.now()
      const { pid } = yield* deployedServer("--memory", ...args)
      const micros = (performance.now() - begun) * 1_000
      return { micros, megabytes: memoryOf(pid)?.megabytes ?? 0 }
    })
  )

const startRow = (name: string, args: ReadonlyArray<string>, { race: { rounds } }: Bench) =>
  Effect.gen(function* () {
    const all = []
    for (let round = 0; round < Math.min(3, rounds); round++) all.push(yield* startOf(args))
    return {
      name: `start of ${name}`,
      p50Micros: median(all.map(({ micros }) => micros)),
      megabytes: median(all.map(({ megabytes }) => megabytes))
    } satisfies Row
  })

const eventCount = 10_000
const linesAtOnce = 100
const pageSize = 1_000

const post = async (url: string, body: object): Promise<void> => {
  const headers = { "content-type": "application/json" }
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  await response.arrayBuffer()
}

const writeEvents = async ({ url }: RunningServer): Promise<void> => {
  const skuId = "sku-1"
  await post(`${url}/api/skus`, { skuId, code: "SKU-1", name: "One", initialStock: 1 })
  const line = { type: "RECEIPT", skuId, quantity: 1 }
  const lines = Array.from({ length: linesAtOnce }, () => line)
  for (let n = 0; n < eventCount; n += linesAtOnce) await post(`${url}/api/stock/bulk`, { lines })
}

const byPages = async ({ url }: RunningServer): Promise<void> => {
  for (let after = 0, met = 0; met < eventCount; ) {
    const page = await fetch(`${url}/api/events?size=${pageSize}&after=${after}`)
    const { items, next } = (await page.json()) as { items: ReadonlyArray<unknown>; next: number }
    met += items.length
    after = next
  }
}

/** Reads the stream as bytes, and counts the messages by their frames. */
const byStream = ({ grpc = "" }: RunningServer): Promise<void> => {
  const method = services.events.methods.find(({ name }) => name === "StreamEvents")
  if (method === undefined) throw new Error("there is no StreamEvents")
  const message = toBinary(method.input, create(method.input, { context: 1 } as never))
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return new Promise((resolve, reject) => {
    const session = connect(`http://${grpc}`)
    session.on("error", reject)
    const stream = session.request({
      ":method": "POST",
      ":path": `/${services.events.typeName}/StreamEvents`,
      "content-type": "application/grpc",
      te: "trailers"
    })
    let rest: Buffer = Buffer.alloc(0)
    let met = 0
    stream.on("error", reject)
    stream.on("data", (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        rest = rest.subarray(5 + rest.readUInt32BE(1))
        met += 1
      }
      if (met < eventCount) return
      session.destroy()
      resolve()
    })
    stream.end(Buffer.concat([head, message]))
  })
}

const readings = [
  ["events by pages of REST", byPages],
  ["events by the stream of gRPC", byStream]
] as const

const readingRows = ({ race: { rounds } }: Bench) =>
  Effect.scoped(
    Effect.gen(function* () {
      const server = yield* deployedServer("--memory", "--grpc-port", "0")
      yield* Effect.promise(() => writeEvents(server))
      const rates = new Map<string, Array<number>>(readings.map(([name]) => [name, []]))
      for (let round = 0; round <= rounds; round++) {
        for (const [name, read] of readings) {
          const begun = performance.now()
          yield* Effect.promise(() => read(server))
          // The first round warms up.
          if (round > 0) rates.get(name)?.push((eventCount * 1_000) / (performance.now() - begun))
        }
      }
      const [pages = 1, stream = 0] = readings.map(([name]) => median(rates.get(name) ?? []))
      return [
        { name: readings[0][0], perSecond: pages, ratio: 1 },
        { name: readings[1][0], perSecond: stream, ratio: stream / pages }
      ] satisfies ReadonlyArray<Row>
    })
  )

/** The doors of a server that is deployed, over a store in memory. */
export const doorsBenchmark: Benchmark = {
  name: "doors",
  run: Effect.fnUntraced(function* (bench) {
    const starts: Array<Row> = []
    for (const [name, args] of doors) starts.push(yield* startRow(name, args, bench))
    return {
      name: "doors",
      title: "What each door costs",
      about:
        "The time until a server listens, and the memory that it holds then; a door is loaded only when it is " +
        `switched on. Below, ${eventCount.toLocaleString("en-US")} events read by one client: by pages of ${pageSize}, and by one stream.`,
      ratioIs: "of REST",
      rows: [...starts, ...(yield* readingRows(bench))],
      aims: []
    }
  })
}
