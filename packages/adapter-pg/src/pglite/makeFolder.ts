/**
 * Makes a folder, and those above it that are missing. Node's own way goes on for good where a file
 * system says of what it does not let anybody make that there is no such place, as /proc does.
 */
import { existsSync, mkdirSync, statSync } from "node:fs"
import { dirname } from "node:path"

/** Makes a folder, and those that it lacks, with this mode, unless it is there; throws the error of the system. */
export const makeFolder = (folder: string, mode = 0o777): void => {
  const parent = dirname(folder)
  if (!existsSync(parent)) makeFolder(parent, mode)
  try {
    mkdirSync(folder, { mode })
  } catch (cause) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw cause
  }
}
