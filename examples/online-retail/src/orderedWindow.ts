/**
 * Runs many tasks at once without changing their result. Each task names the keys that it
 * touches. Tasks that share a key are decided in the order given; others run side by side, at most
 * `concurrency` of them. A task opens its gate when what follows may be decided, which can be well
 * before the task is done.
 *
 * Only earlier tasks are ever waited for, so that no two wait for each other.
 */

/** How tasks are run. */
export interface OrderedWindow<Task> {
  readonly concurrency: number
  readonly keysOf: (task: Task) => Iterable<string>
  /** Does the task; `decided` opens its gate, at the latest when the promise settles. */
  readonly run: (task: Task, decided: () => void) => Promise<void>
}

/** Runs the tasks. The first failure stops the start of others and is thrown when all have ended. */
export const runOrdered = async <Task>(
  tasks: Iterable<Task>,
  { concurrency, keysOf, run }: OrderedWindow<Task>
): Promise<void> => {
  const lastOf = new Map<string, Promise<void>>()
  const running = new Set<Promise<void>>()
  const failures: Array<unknown> = []

  for (const task of tasks) {
    while (running.size >= concurrency) await Promise.race(running)
    if (failures.length > 0) break
    const gate = Promise.withResolvers<void>()
    const before = new Set<Promise<void>>()
    for (const key of keysOf(task)) {
      const last = lastOf.get(key)
      if (last !== undefined) before.add(last)
      lastOf.set(key, gate.promise)
    }
    before.delete(gate.promise)
    const ended: Promise<void> = Promise.all(before)
      .then(() => (failures.length > 0 ? undefined : run(task, gate.resolve)))
      .catch((failure: unknown) => void failures.push(failure))
      .finally(() => {
        gate.resolve()
        running.delete(ended)
      })
    running.add(ended)
  }
  await Promise.all(running)
  if (failures.length > 0) throw failures[0]
}
