/**
 * A process of its own that runs an engine: it takes lists of calls from the process that started
 * it, makes each list at once, and tells how each call ended. It ends with that process.
 */
import type { RequestOptions } from "@holdfast/core/engine"
import { Inventory, type InventoryMethods } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerPostgres, layerStorage } from "../../src/effect.ts"

/** One call of a method of the inventory. */
export interface Call {
  readonly method: keyof InventoryMethods
  readonly input: unknown
  readonly options?: RequestOptions
}

/** How a call ended: its answer as JSON, or the tag of its refusal, with the reason of a failure. */
export type Ended = { readonly answer: string } | { readonly refusal: string }

/** What the process is sent, and what it sends back under the same number. */
export interface Task {
  readonly number: number
  readonly calls: ReadonlyArray<Call>
}
/** What the process sends back. */
export interface Done {
  readonly number: number
  readonly ended: ReadonlyArray<Ended>
}

const [url = "", settings = "{}"] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const inventory = yield* Inventory
  const methods = inventory as unknown as Record<
    string,
    (input: unknown, options?: RequestOptions) => Effect.Effect<unknown, unknown>
  >
  const make = ({ input, method, options }: Call): Effect.Effect<Ended> =>
    Effect.match(methods[method]?.(input, options) ?? Effect.fail({ _tag: "NoMethod" }), {
      onSuccess: (answer) => ({ answer: JSON.stringify(answer) }),
      onFailure: (error) => {
        const { _tag, reason } = error as { readonly _tag: string; readonly reason?: string }
        return { refusal: _tag === "StoreError" ? `StoreError ${reason}` : _tag }
      }
    })
  const context = yield* Effect.context<never>()
  process.on("message", ({ calls, number }: Task) => {
    Effect.runPromiseWith(context)(Effect.forEach(calls, make, { concurrency: "unbounded" })).then(
      (ended) => process.send?.({ number, ended } satisfies Done)
    )
  })
  process.send?.("ready")
  yield* Effect.never
}).pipe(
  Effect.provide(
    Inventory.layer().pipe(
      Layer.provide(layerStorage()),
      Layer.provide(layerPostgres({ url, settings: JSON.parse(settings) }))
    )
  )
)

// Without its parent nobody asks any more.
process.on("disconnect", () => process.exit(0))
Effect.runPromise(program).catch((error) => {
  console.error(error)
  process.exit(1)
})
