/** Many tasks at once, decided per key in the order given. */
import { expect, it } from "vitest"
import { runOrdered } from "../src/orderedWindow.ts"

interface Task {
  readonly name: string
  readonly keys: ReadonlyArray<string>
}

const task = (name: string, ...keys: ReadonlyArray<string>): Task => ({ name, keys })

/** Lets every task that can start do so: more turns than any chain here has links. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}

/** Runs tasks that go on only when the test says so, by name. */
const paced = (tasks: ReadonlyArray<Task>, concurrency = 10) => {
  const started: Array<string> = []
  const steps = new Map<string, { readonly decide: () => void; readonly end: () => void }>()
  const done = runOrdered(tasks, {
    concurrency,
    keysOf: ({ keys }) => keys,
    run: ({ name }, decided) => {
      started.push(name)
      const { promise, resolve } = Promise.withResolvers<void>()
      steps.set(name, { decide: decided, end: resolve })
      return promise
    }
  })
  return { started, done, of: (name: string) => steps.get(name) }
}

it("starts tasks without a key in common side by side, and others in their order", async () => {
  const run = paced([task("a", "x", "y"), task("b", "z"), task("c", "y"), task("d", "y", "z")])
  await settled()
  expect(run.started).toEqual(["a", "b"])
  run.of("a")?.end()
  await settled()
  expect(run.started).toEqual(["a", "b", "c"])
  run.of("c")?.end()
  await settled()
  expect(run.started).toEqual(["a", "b", "c"])
  run.of("b")?.end()
  await settled()
  expect(run.started).toEqual(["a", "b", "c", "d"])
  run.of("d")?.end()
  await run.done
})

it("lets the next task in once the one before it is decided, before it has ended", async () => {
  const run = paced([task("a", "x"), task("b", "x")])
  await settled()
  expect(run.started).toEqual(["a"])
  run.of("a")?.decide()
  await settled()
  expect(run.started).toEqual(["a", "b"])
  run.of("a")?.end()
  run.of("b")?.end()
  await run.done
})

it("has no more tasks under way than it may", async () => {
  const run = paced([task("a", "x"), task("b", "y"), task("c", "z")], 2)
  await settled()
  expect(run.started).toEqual(["a", "b"])
  run.of("b")?.end()
  await settled()
  expect(run.started).toEqual(["a", "b", "c"])
  run.of("a")?.end()
  run.of("c")?.end()
  await run.done
})

it("does not wait for itself when a task names a key twice", async () => {
  const run = paced([task("a", "x", "x")])
  await settled()
  run.of("a")?.end()
  await run.done
})

it("throws the first failure once all that had started have ended, and starts no other", async () => {
  const ended: Array<string> = []
  const failing = runOrdered([task("a", "x"), task("b", "y"), task("c", "x")], {
    concurrency: 3,
    keysOf: ({ keys }) => keys,
    run: async ({ name }) => {
      if (name === "a") throw new Error("the store is down")
      await settled()
      ended.push(name)
    }
  })
  await expect(failing).rejects.toThrow("the store is down")
  expect(ended).toEqual(["b"])
})
