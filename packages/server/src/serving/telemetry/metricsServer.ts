/**
 * Where the metrics of a process can be read, on a port of their own: who reads them needs no key, so the
 * port is for the machine itself or for a network that only monitoring reaches. On loopback it answers only what
 * is addressed to this machine: a page of another site may lead a browser here by a name of its own. It listens
 * before the database is opened, so that a server that does not come up can be watched too.
 */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { notToLoopback } from "@holdfast/http"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { isLoopbackHost } from "../../cli/authSettings.ts"
import { type CommandFailure, failure } from "../../cli/CommandFailure.ts"
import type { MetricsInput } from "../../cli/network/metricsSettings.ts"

/** The port of metrics, once it listens; undefined when metrics are not shown. */
export class MetricsPort extends Context.Service<
  MetricsPort,
  { readonly port: number | undefined }
>()("holdfast/serving/MetricsPort") {}

const causeOf = (host: string, port: number, cause: unknown): CommandFailure => {
  const { code, message } = cause as { readonly code?: string; readonly message?: string }
  return code === "EADDRINUSE"
    ? failure(
        "PortInUse",
        `port ${port} of ${host} is in use; stop what listens there, or choose another --metrics-port`
      )
    : failure(
        "CannotListen",
        `cannot show metrics on ${host} port ${port}: ${message ?? code}; choose another --metrics-host or --metrics-port`
      )
}

/** How long a client may take to send its question, and an idle connection is kept. */
const patienceMillis = 10_000

const listening = (host: string, port: number) =>
  Layer.effect(
    HttpServer.HttpServer,
    NodeHttpServer.make(
      () =>
        createServer({
          requestTimeout: patienceMillis,
          headersTimeout: patienceMillis,
          connectionsCheckingInterval: 5_000
        }),
      { host, port, gracefulShutdownTimeout: 1_000 }
    ).pipe(Effect.mapError((error) => causeOf(host, port, error.cause)))
  )

const index = HttpRouter.add(
  "GET",
  "/",
  HttpServerResponse.text(
    "Metrics of Holdfast for Prometheus are at /metrics, and a page of figures at /dashboard\n"
  )
)

const toThisMachine = HttpRouter.middleware(
  (answer) =>
    Effect.flatMap(HttpServerRequest, ({ headers }) => {
      const { host } = headers
      // Browsers name one; the check of a balancer may not.
      const why = host === undefined ? undefined : notToLoopback(host)
      return why === undefined
        ? answer
        : Effect.succeed(
            HttpServerResponse.text(
              `Metrics are for this machine alone, and ${why}; choose a --metrics-host that others reach\n`,
              { status: 403 }
            )
          )
    }),
  { global: true }
)

/** Shows metrics, and what else is given, if the settings ask for it. */
export const layerMetricsServer = (
  { metricsHost: host, metricsPort: port }: MetricsInput,
  others: ReadonlyArray<Layer.Layer<never, never, HttpRouter.HttpRouter>> = []
): Layer.Layer<MetricsPort, CommandFailure> => {
  if (port === undefined) return Layer.succeed(MetricsPort, { port: undefined })
  const isForThisMachine = isLoopbackHost(host)
  const guarded = isForThisMachine ? toThisMachine : Layer.empty
  const routes = Layer.mergeAll(PrometheusMetrics.layerHttp(), index, guarded, ...others)
  const warned = isForThisMachine
    ? Effect.void
    : Effect.annotateLogs(
        Effect.logInfo("everybody who reaches the port of metrics may read them"),
        { host, port }
      )
  const served = HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })
  return Layer.effect(
    MetricsPort,
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      // A router of its own: that of the API is another.
      yield* Layer.buildWithMemoMap(served, Layer.makeMemoMapUnsafe(), yield* Effect.scope)
      yield* warned
      return { port: "port" in address ? address.port : port }
    })
  ).pipe(Layer.provide(listening(host, port)))
}
