/**
 * Drives a host as a client would: registers, reserves and is refused over HTTP, by the REST API and
 * by the host's own route, then asks the host to end and waits until it has.
 */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { keepOnLeash } from "../../test-servers/src/index.ts"
import type { OutsideProject } from "./outsideProject.ts"

/** What every host loads first: it says where it listens, though its program does not. */
export const preload = `
import { subscribe } from "node:diagnostics_channel"
subscribe("tracing:net.server.listen:asyncEnd", ({ server }) => process.send(server.address().port))
`

/** What a host answered, as status and body, and how its process ended. */
export interface Driven {
  readonly registered: number
  readonly reserved: number
  readonly refused: readonly [number, string]
  readonly checkedOut: number
  readonly broken: number
  readonly streamed: number
  readonly checkoutRefused: readonly [number, string | null, string]
  readonly code: number | null
  readonly output: string
}

/** Starts a program of the project, asks it everything, and ends it. */
export const drive = async (project: OutsideProject, program: string): Promise<Driven> => {
  const { NODE_OPTIONS: _, ...environment } = process.env
  const words = ["--import", join(project.folder, "preload.mjs"), program]
  const child = keepOnLeash(
    spawn(process.execPath, words, {
      cwd: project.folder,
      // Express prints what its clients do wrong, unless it is under test.
      env: { ...environment, PORT: "0", NO_COLOR: "1", NODE_ENV: "test" },
      stdio: ["ignore", "pipe", "pipe", "ipc"]
    })
  )
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
  try {
    const port = await new Promise((resolve, reject) => {
      child.once("message", resolve)
      ended.then(() => reject(new Error(`${program} ended\n${output}`)))
    })
    const post = (path: string, body: object) =>
      fetch(`http://localhost:${port}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body)
      })
    const titleOf = async (response: Response) => String(Object(await response.json()).title)
    const sku = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 }
    const order = (orderId: string, quantity: number) => ({ orderId, skuId: "mug", quantity })
    const cart = (orderId: string, quantity: number) => ({
      orderId,
      lines: [{ skuId: "mug", quantity }]
    })
    const registered = await post("/api/skus", sku)
    const reserved = await post("/api/inventory/reservations", order("order-1", 2))
    const refused = await post("/api/inventory/reservations", order("order-2", 4))
    const checkedOut = await post("/checkout", cart("order-3", 2))
    const checkoutRefused = await post("/checkout", cart("order-4", 2))
    const type = checkoutRefused.headers.get("content-type")
    const answers = {
      registered: registered.status,
      reserved: reserved.status,
      refused: [refused.status, await titleOf(refused)] as const,
      checkedOut: checkedOut.status,
      checkoutRefused: [checkoutRefused.status, type, await titleOf(checkoutRefused)] as const
    }
    // A stream that is open when the signal arrives does not hold the host up.
    const streamed = await fetch(`http://localhost:${port}/api/events/stream`)
    const streamEnded = streamed.text().then(
      () => undefined,
      () => undefined
    )
    const broken = await fetch(`http://localhost:${port}/checkout`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{"
    })
    child.kill("SIGTERM")
    await streamEnded
    return {
      ...answers,
      streamed: streamed.status,
      broken: broken.status,
      code: await ended,
      output
    }
  } finally {
    child.kill("SIGKILL")
  }
}
