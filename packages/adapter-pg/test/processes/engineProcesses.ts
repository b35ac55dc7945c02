/** Starts engines in processes of their own, for tests that need more than one. */
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { keepOnLeash } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import type { PostgresOptions } from "../../src/effect.ts"
import type { Call, Done, Ended, Task } from "./engineProcess.ts"

const script = fileURLToPath(new URL("engineProcess.ts", import.meta.url))

/** An engine in another process. */
export interface EngineProcess {
  /** Makes all calls at once and tells how each ended, in order. */
  readonly make: (calls: ReadonlyArray<Call>) => Effect.Effect<ReadonlyArray<Ended>>
  readonly signal: (name: NodeJS.Signals) => void
}

const start = (url: string, settings: PostgresOptions["settings"]) =>
  new Promise<EngineProcess & { readonly child: ChildProcess }>((resolve, reject) => {
    const child = keepOnLeash(
      fork(script, [url, JSON.stringify(settings ?? {})], {
        execArgv: ["--conditions=@holdfast/source"]
      })
    )
    const waiting = new Map<number, (ended: ReadonlyArray<Ended>) => void>()
    let tasks = 0
    child.once("exit", (code) => reject(new Error(`an engine's process ended with ${code}`)))
    child.on("message", (message: "ready" | Done) => {
      if (message !== "ready") return waiting.get(message.number)?.(message.ended)
      resolve({
        child,
        make: (calls) =>
          Effect.promise(
            () =>
              new Promise((done) => {
                const task: Task = { number: ++tasks, calls }
                waiting.set(task.number, done)
                child.send(task)
              })
          ),
        signal: (name) => child.kill(name)
      })
    })
  })

/** That many engines over one database, each in a process that ends with the scope. */
export const scopedEngines = (count: number, url: string, settings?: PostgresOptions["settings"]) =>
  Effect.forEach(
    Array.from({ length: count }),
    () =>
      Effect.acquireRelease(
        Effect.promise(() => start(url, settings)),
        ({ child }) =>
          Effect.promise(
            () =>
              new Promise<void>((resolve) => {
                child.once("exit", () => resolve())
                child.kill("SIGKILL")
              })
          )
      ),
    { concurrency: "unbounded" }
  )

/** Has every engine make its calls at the same time; how they ended, by engine. */
export const atOnce = (
  engines: ReadonlyArray<EngineProcess>,
  callsOf: (engine: number) => ReadonlyArray<Call>
) =>
  Effect.forEach(engines, (engine, index) => engine.make(callsOf(index)), {
    concurrency: "unbounded"
  })

/** The answers among how calls ended. */
export const answersOf = (ended: ReadonlyArray<Ended>): ReadonlyArray<string> =>
  ended.flatMap((one) => ("answer" in one ? [one.answer] : []))

/** How many calls ended in each refusal. */
export const refusalsOf = (ended: ReadonlyArray<Ended>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const one of ended) {
    if ("refusal" in one) counts[one.refusal] = (counts[one.refusal] ?? 0) + 1
  }
  return counts
}
