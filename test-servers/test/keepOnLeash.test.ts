import { type ChildProcess, spawn } from "node:child_process"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { keepOnLeash } from "../src/keepOnLeash.ts"

const isThere = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Asks until a process is gone; the test's time bounds it. */
const untilGone = async (pid: number) => {
  while (isThere(pid)) await pause(10)
}

const script = fileURLToPath(new URL("holdChild.ts", import.meta.url))

const firstLine = (child: ChildProcess) =>
  new Promise<string>((resolve) => {
    child.stdout?.setEncoding("utf8").once("data", (line: string) => resolve(line.trim()))
  })

it.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
  "ends a child, even a stopped one, when %s ends the process that started it",
  async (signal) => {
    const holder = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] })
    const pid = Number(await firstLine(holder))
    expect(isThere(pid)).toBe(true)
    holder.kill(signal)
    await untilGone(pid)
  }
)

it("leaves a child alone that ends by itself, and one that cannot be started", async () => {
  const child = keepOnLeash(spawn("true"))
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0)
  const missing = keepOnLeash(spawn(process.execPath, { cwd: "/is-not-there" }))
  expect(await new Promise((resolve) => missing.once("error", resolve))).toMatchObject({
    code: "ENOENT"
  })
})
