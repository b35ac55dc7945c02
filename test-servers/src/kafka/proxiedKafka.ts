// A Kafka broker that clients reach through a TCP proxy only, so that a test can break the wire.
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { freePort } from "../PostgresServer.ts"
import { startTcpProxy, type TcpProxy } from "../proxy/TcpProxy.ts"
import { kafkaWire } from "../proxy/wires.ts"
import { type KafkaServer, startKafka } from "./KafkaServer.ts"

/** A broker and the proxy before it. */
export interface ProxiedKafka {
  readonly server: KafkaServer
  readonly proxy: TcpProxy
  /** The broker by way of the proxy, as `127.0.0.1:port`. */
  readonly brokers: ReadonlyArray<string>
}

/** Starts both, for the lifetime of a scope. */
export const scopedProxiedKafka: Effect.Effect<ProxiedKafka, never, Scope.Scope> =
  Effect.acquireRelease(
    Effect.promise(async () => {
      const port = await freePort()
      const proxy = await startTcpProxy(port, kafkaWire)
      const server = await startKafka({ port, advertisedPort: proxy.port })
      return { server, proxy, brokers: server.brokers }
    }),
    ({ proxy, server }) =>
      Effect.promise(async () => {
        await server.stop()
        await proxy.close()
      })
  )
