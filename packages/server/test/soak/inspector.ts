/** Looks into a process of Node by its inspector: what its heap holds after a collection, what is open. */

/** What a process holds. */
export interface Held {
  /** Bytes of JavaScript objects that are still reachable. */
  readonly heapBytes: number
  /** What keeps its event loop busy, by kind: sockets, timers, servers. */
  readonly resources: ReadonlyMap<string, number>
}

/** A look into a process, until it is closed. */
export interface Inspector extends Disposable {
  readonly held: () => Promise<Held>
}

/** How a process is started that can be looked into: only from this machine, on a port that is free. */
export const inspectable = { NODE_OPTIONS: "--inspect=127.0.0.1:0" }

/** How long an answer may take. */
const answerMillisMax = 60_000

interface Answer {
  readonly id?: number
  readonly result?: {
    readonly usedSize?: number
    readonly result?: { readonly value?: unknown }
  }
  readonly error?: { readonly message: string }
}

/** Connects to the process that wrote this on its standard error. */
export const inspect = async (log: string): Promise<Inspector> => {
  const [address] = /ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]+/.exec(log) ?? []
  if (address === undefined) throw new Error("the process names no address of its inspector")
  const socket = new WebSocket(address)
  const waiting = new Map<number, (answer: Answer) => void>()
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve(), { once: true })
    socket.addEventListener("error", () => reject(new Error(`${address} is not there`)), {
      once: true
    })
  })
  socket.addEventListener("message", ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    if (answer.id === undefined) return
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  let last = 0
  const ask = (method: string, params: Readonly<Record<string, unknown>> = {}) =>
    new Promise<NonNullable<Answer["result"]>>((resolve, reject) => {
      const id = ++last
      const timer = setTimeout(
        () => reject(new Error(`${method} was not answered`)),
        answerMillisMax
      )
      waiting.set(id, ({ error, result = {} }) => {
        clearTimeout(timer)
        if (error === undefined) resolve(result)
        else reject(new Error(`${method}: ${error.message}`))
      })
      socket.send(JSON.stringify({ id, method, params }))
    })
  return {
    held: async () => {
      await ask("HeapProfiler.collectGarbage")
      const { usedSize = Number.NaN } = await ask("Runtime.getHeapUsage")
      const expression = "JSON.stringify(process.getActiveResourcesInfo())"
      const { result } = await ask("Runtime.evaluate", { expression, returnByValue: true })
      const names = JSON.parse(String(result?.value)) as ReadonlyArray<string>
      const counts = Map.groupBy(names, (name) => name)
      return {
        heapBytes: usedSize,
        resources: new Map([...counts].map(([name, { length }]) => [name, length]))
      }
    },
    [Symbol.dispose]: () => socket.close()
  }
}
