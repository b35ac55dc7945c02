/** The machine that a run was made on: what may matter to a figure, and nothing that names a host. */
import { cpus, totalmem } from "node:os"

/** What a report says about the machine. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly node: string
  readonly postgres: string | undefined
  readonly date: string
}

/** This machine, today, with the version of PostgreSQL that was measured. */
export const thisMachine = (postgres: string | undefined): Machine => ({
  processor: cpus()[0]?.model ?? "unknown processor",
  cores: cpus().length,
  memoryGigabytes: Math.round(totalmem() / 1024 ** 3),
  node: process.versions.node,
  postgres,
  date: new Date().toISOString().slice(0, 10)
})

/** The machine in one line. */
export const describeMachine = (machine: Machine): string =>
  [
    machine.date,
    `${machine.processor}, ${machine.cores} cores shared by client and server`,
    `${machine.memoryGigabytes} GB`,
    `Node ${machine.node}`,
    ...(machine.postgres === undefined ? [] : [`PostgreSQL ${machine.postgres}`])
  ].join(" · ")
