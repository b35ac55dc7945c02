/** Lanes whose commits wait until a test lets them go on. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import * as GroupCommit from "../../src/engine/GroupCommit.ts"

/** Small bounds, of one lane. */
export const bounds: GroupCommit.GroupCommitOptions = {
  lanes: 1,
  waiters: 1,
  queueMax: 100,
  batchMax: 5,
  weightMax: 10,
  waitMillisMax: 1_000
}

/** Requests without names, so none queues behind another. */
export const nameless = { claims: () => [], touches: () => [] }

/** A process that waits for so large a share of its time, 100 ms at each look. */
export const spare = (share = 1) => {
  let looks = 0
  return () => {
    looks += 1
    return { idle: looks * 100 * share, active: looks * 100 * (1 - share) }
  }
}

/** A request that has its answer. */
export const ended = <A>(answer: A) => ({ _tag: "Ended", exit: Exit.succeed(answer) }) as const

/** Lanes whose commits wait at a gate, and a record of the batches that came to it. */
export const gated = (options: Partial<GroupCommit.GroupCommitOptions> = {}) =>
  Effect.gen(function* () {
    const gate = yield* Latch.make()
    const arrived = yield* Deferred.make<void>()
    const batches: Array<ReadonlyArray<number>> = []
    const submit = yield* GroupCommit.make<number, string, never>(
      { ...bounds, ...options },
      nameless,
      (batch) =>
        Effect.gen(function* () {
          batches.push(batch)
          yield* Deferred.succeed(arrived, undefined)
          yield* gate.await
          return batch.map((request) => ended(`answer ${request}`))
        })
    )
    yield* Effect.addFinalizer(() => gate.open)
    const begun = (request: number, weight = 1, lane = 0) =>
      Effect.tap(Effect.forkChild(submit(lane, request, weight)), () => Effect.yieldNow)
    /** Waits until so many batches have come to the gate. */
    const reached = (count: number) =>
      Effect.repeat(Effect.yieldNow, { until: () => batches.length >= count })
    return { submit, begun, gate, arrived: Deferred.await(arrived), reached, batches }
  })
