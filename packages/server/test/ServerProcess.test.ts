import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it, vi } from "vitest"
import { eventually } from "./eventually.ts"
import { get } from "./requests.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 })

const script = fileURLToPath(new URL("holdServer.ts", import.meta.url))

// SIGTERM is how vitest ends the worker of a test file, also of one that failed or timed out.
it.each(["SIGTERM", "SIGKILL"] as const)(
  "a server that a test leaves behind ends with the process of the test, by %s too",
  async (signal) => {
    const holder = spawn(process.execPath, ["--conditions=@holdfast/source", script], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    const url = await new Promise<string>((resolve) => {
      holder.stdout.setEncoding("utf8").once("data", (line: string) => resolve(line.trim()))
    })
    expect((await get(url, "/health/live")).status).toBe(200)
    holder.kill(signal)
    await eventually(() =>
      get(url, "/health/live").then(
        () => undefined,
        () => true
      )
    )
  }
)
