// What the control file of an embedded database says: whether it is open, and from which checkpoint on its
// write-ahead log makes a copy whole. It is written by one call, so two equal readings are a whole one.
import { readFile } from "node:fs/promises"
import { join } from "node:path"

/** The control file of a database, at one moment. */
export interface ControlFile {
  readonly bytes: Buffer
  /** Identifies the database, through copies and restores. */
  readonly systemId: bigint
  /** Whether a process has it open for writes, or died with it. */
  readonly isOpen: boolean
  /** Where in the log the last checkpoint was written: another one, and older log may be gone. */
  readonly checkpoint: bigint
}

/** The state of a database that is open for writes, in PostgreSQL's enumeration. */
const inProduction = 6

/** Reads the control file in a data folder. Rejects when there is none. */
export const readControlFile = async (pgdata: string): Promise<ControlFile> => {
  const path = join(pgdata, "global", "pg_control")
  let bytes = await readFile(path)
  for (;;) {
    const again = await readFile(path)
    if (again.equals(bytes)) break
    bytes = again
  }
  return {
    bytes,
    systemId: bytes.readBigUInt64LE(0),
    isOpen: bytes.readUInt32LE(16) === inProduction,
    checkpoint: bytes.readBigUInt64LE(32)
  }
}
