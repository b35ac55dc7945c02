/** Which lanes are at work, and what waits behind a batch that takes long. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as GroupCommit from "../../src/engine/GroupCommit.ts"
import { bounds, ended, gated, nameless, spare } from "./gatedLanes.ts"

describe("lanes", () => {
  it.effect("keeps to one lane while another would have less than half a batch", () =>
    Effect.gen(function* () {
      const { arrived, batches, begun, gate } = yield* gated({ lanes: 2, loopTime: spare() })
      const fibers = [yield* begun(0, 1, 0)]
      yield* arrived
      for (const n of [1, 2, 3]) fibers.push(yield* begun(n, 1, n))
      expect(batches).toEqual([[0]])
      yield* gate.open
      yield* Fiber.joinAll(fibers)
      expect(batches).toEqual([[0], [1, 2, 3]])
    })
  )

  it.effect("runs lanes side by side when each has enough and the process has time to spare", () =>
    Effect.gen(function* () {
      const loopTime = spare()
      const { arrived, batches, begun, gate, reached } = yield* gated({ lanes: 2, loopTime })
      const fibers = [yield* begun(0, 1, 0)]
      yield* arrived
      for (const n of [1, 2, 3, 4, 5]) fibers.push(yield* begun(n, 1, 0))
      fibers.push(yield* begun(6, 1, 1))
      yield* reached(2)
      expect(batches).toEqual([[0], [6]])
      yield* gate.open
      yield* Fiber.joinAll(fibers)
    })
  )

  it.effect("opens no lane while the process itself is what is waited for", () =>
    Effect.gen(function* () {
      const loopTime = spare(0.1)
      const { arrived, batches, begun, gate } = yield* gated({ lanes: 2, loopTime })
      const fibers = [yield* begun(0, 1, 0)]
      yield* arrived
      for (let n = 1; n < 20; n++) fibers.push(yield* begun(n, 1, n))
      expect(batches).toEqual([[0]])
      yield* gate.open
      yield* Fiber.joinAll(fibers)
    })
  )

  it.effect("lets who waits behind a batch that takes long go to an idle lane", () =>
    Effect.gen(function* () {
      const { arrived, batches, begun, gate, reached } = yield* gated({
        lanes: 2,
        loopTime: spare()
      })
      const fibers = [yield* begun(0, 1, 0)]
      yield* arrived
      fibers.push(yield* begun(1, 1, 0), yield* begun(2, 1, 0))
      yield* TestClock.adjust(49)
      expect(batches).toEqual([[0]])
      yield* TestClock.adjust(1)
      yield* reached(2)
      expect(batches).toEqual([[0], [1, 2]])
      fibers.push(yield* begun(3, 1, 0))
      yield* gate.open
      yield* Fiber.joinAll(fibers)
      expect(batches).toEqual([[0], [1, 2], [3]])
    })
  )

  it.effect("lets those go too who came together and did not fit into the batch", () =>
    Effect.gen(function* () {
      const { batches, gate, reached, submit } = yield* gated({ lanes: 2, loopTime: spare() })
      const fibers = yield* Effect.forEach([0, 1, 2, 3, 4, 5, 6], (n) =>
        Effect.forkChild(submit(0, n, 1))
      )
      yield* reached(1)
      expect(batches).toEqual([[0, 1, 2, 3, 4]])
      yield* TestClock.adjust(100)
      expect(batches).toEqual([
        [0, 1, 2, 3, 4],
        [5, 6]
      ])
      yield* gate.open
      yield* Fiber.joinAll(fibers)
    })
  )

  it.effect("answers who waits behind a batch that takes long when it closes", () =>
    Effect.gen(function* () {
      const gate = yield* Latch.make()
      const scope = yield* Scope.make()
      const submit = yield* GroupCommit.make<number, string, never>(
        { ...bounds, lanes: 2, loopTime: spare() },
        nameless,
        (batch) =>
          Effect.as(
            gate.await,
            batch.map((request) => ended(`answer ${request}`))
          )
      ).pipe(Scope.provide(scope))
      const asked = (request: number) =>
        Effect.tap(Effect.forkChild(submit(0, request, 1)), () => Effect.yieldNow)
      const fibers = [yield* asked(0)]
      yield* Effect.yieldNow
      fibers.push(yield* asked(1), yield* asked(2))
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* TestClock.adjust(100)
      yield* gate.open
      yield* Fiber.join(closing)
      expect(fibers.map((fiber) => fiber.pollUnsafe())).toEqual(
        [0, 1, 2].map((request) => Exit.succeed(`answer ${request}`))
      )
    })
  )
})
