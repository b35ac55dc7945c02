// A process that starts a child that never ends, stops it, prints its id, and then waits to be ended.
import { spawn } from "node:child_process"
import { keepOnLeash } from "../src/keepOnLeash.ts"

const forever = "setInterval(() => undefined, 60_000); console.log('up')"
const child = spawn(process.execPath, ["-e", forever], { stdio: ["ignore", "pipe", "inherit"] })
keepOnLeash(child)
child.stdout.once("data", () => {
  child.kill("SIGSTOP")
  console.log(child.pid)
})
