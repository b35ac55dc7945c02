// gRPC is held to the library and to REST by stories of commands.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { storiesAtDoors } from "../../../http/test/parity/storiesAtDoors.ts"
import { GrpcAddress, layerGrpcServer } from "../../src/index.ts"
import { TestClient } from "../calling.ts"

/** A value without what is null: messages leave it out. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === null ? [] : [[name, plain(one)]]))
  )
}

storiesAtDoors({
  mounted: { requestLinesMax: 2_000 },
  plain,
  isCompared: ({ code }) => code === undefined,
  open: async ({ context, scope }) => {
    const door = await Effect.runPromise(
      Layer.buildWithScope(
        Layer.provide(layerGrpcServer({ port: 0 }), Layer.succeedContext(context)),
        scope
      )
    )
    const { host, port } = Context.get(door, GrpcAddress)
    const client = new TestClient(`${host}:${port}`)
    await Effect.runPromise(
      Scope.addFinalizer(
        scope,
        Effect.sync(() => client.close())
      )
    )
    return async (name, input, key) => {
      const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key }
      const { answer, code, isReplayed, reason } = await client.call(
        "inventory",
        name,
        input,
        headers
      )
      return code === 0
        ? { answer: plain(answer), isReplayed }
        : { code: (reason ?? `status ${code}`).replaceAll("_", "-").toLowerCase() }
    }
  }
})
