/** Runs the `holdfast` command, as a person would. */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("bin/holdfast.js", import.meta.resolve("holdfast/package.json")))

/** A command that did not do what it was asked. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed"
}

/** Runs a command; its progress and its complaints go to standard error. Answers its output. */
export const holdfast = (args: ReadonlyArray<string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "inherit"] })
    const parts: Array<Buffer> = []
    child.stdout.on("data", (part: Buffer) => parts.push(part))
    child.on("error", reject)
    child.on("close", (code) => {
      const output = Buffer.concat(parts).toString("utf8")
      if (code === 0) resolve(output)
      else reject(new CommandFailed(`holdfast ${args.join(" ")} ended with ${code}: ${output}`))
    })
  })
