/** A collector of the tests' own: it keeps what it is sent over OTLP as JSON, or does not answer. */
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"

/** A span, as far as tests look into it. */
export interface SinkSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: ReadonlyArray<{
    readonly name: string
    readonly attributes: Readonly<Record<string, unknown>>
  }>
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>
  readonly status: { readonly code: number; readonly message?: string }
  readonly service: unknown
}

/** A line of log. */
export interface SinkLine {
  readonly message: string
  readonly traceId?: string
  readonly attributes: Readonly<Record<string, unknown>>
}

type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> }

const plain = (attributes: ReadonlyArray<Attribute> = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Starts a sink. Its `env` sends a server's traces and logs there, at once and as JSON. */
export const startSink = async () => {
  const spans: Array<SinkSpan> = []
  const lines: Array<SinkLine> = []
  const headers: Array<IncomingMessage["headers"]> = []
  // biome-ignore lint/suspicious/noExplicitAny: this is read by its own tests
  const metrics: Array<any> = []
  let mode: "answer" | "silent" | "refuse" = "answer"
  let requests = 0
  // biome-ignore lint/suspicious/noExplicitAny: this is read by its own tests
  const keepSpans = (data: any) => {
    for (const { resource, scopeSpans } of data.resourceSpans) {
      const service = plain(resource.attributes)["service.name"]
      for (const { spans: some } of scopeSpans) {
        for (const span of some) {
          spans.push({
            ...span,
            service,
            attributes: plain(span.attributes),
            // biome-ignore lint/suspicious/noExplicitAny: as above
            events: span.events.map((event: any) => ({
              name: event.name,
              attributes: plain(event.attributes)
            }))
          })
        }
      }
    }
  }
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const keepLines = (data: any) => {
    for (const { scopeLogs } of data.resourceLogs) {
      for (const { logRecords } of scopeLogs) {
        for (const { attributes, body, traceId } of logRecords) {
          lines.push({ message: body.stringValue, traceId, attributes: plain(attributes) })
        }
      }
    }
  }
  const server = createServer(async (request, response) => {
    requests += 1
    if (mode === "silent") return
    if (mode === "refuse") {
      response.writeHead(503).end()
      return
    }
    if (request.method !== "POST") {
      response.writeHead(405).end()
      return
    }
    headers.push(request.headers)
    const data = JSON.parse(await textOf(request))
    if (request.url === "/v1/traces") keepSpans(data)
    else if (request.url === "/v1/logs") keepLines(data)
    else metrics.push(...data.resourceMetrics[0].scopeMetrics[0].metrics)
    response.writeHead(200, { "content-type": "application/json" }).end("{}")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    spans,
    lines,
    headers,
    metrics,
    requests: () => requests,
    become: (next: typeof mode) => {
      mode = next
    },
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_BLRP_SCHEDULE_DELAY: "50"
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
