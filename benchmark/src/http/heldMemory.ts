/**
 * What a process of Node holds, once its garbage is collected: asked of its inspector. What the machine
 * counts as its memory is mostly garbage that V8 has not collected yet.
 */

interface Reply {
  readonly id?: number
  readonly result?: { readonly result?: { readonly value?: unknown } }
  readonly error?: { readonly message: string }
}

/** Asks one thing of an inspector after another. */
const asking = (socket: WebSocket) => {
  let asked = 0
  return (method: string, params: object = {}) =>
    new Promise<Reply>((resolve, reject) => {
      const id = ++asked
      const hear = ({ data }: MessageEvent) => {
        const reply = JSON.parse(String(data)) as Reply
        if (reply.id !== id) return
        socket.removeEventListener("message", hear)
        if (reply.error === undefined) resolve(reply)
        else reject(new Error(`${method}: ${reply.error.message}`))
      }
      socket.addEventListener("message", hear)
      socket.send(JSON.stringify({ id, method, params }))
    })
}

const held = "(({ external, heapUsed }) => external + heapUsed)(process.memoryUsage())"

/** The heap and the buffers in use, in megabytes, of the process whose inspector listens on this port of 127.0.0.1. */
export const heldMegabytes = async (inspectorPort: number): Promise<number> => {
  const list = await fetch(`http://127.0.0.1:${inspectorPort}/json/list`)
  const [target] = (await list.json()) as ReadonlyArray<{ readonly webSocketDebuggerUrl: string }>
  if (target === undefined) throw new Error("the inspector shows no process")
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve)
    socket.addEventListener("error", () => reject(new Error("the inspector does not answer")))
  })
  const ask = asking(socket)
  await ask("HeapProfiler.collectGarbage")
  const { result } = await ask("Runtime.evaluate", { expression: held, returnByValue: true })
  socket.close()
  return Number(result?.result?.value) / 1024 ** 2
}
