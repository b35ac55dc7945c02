// Where pgbench is on this machine. It is not part of the npm binaries; without it a yardstick is
// reported as not measured.
import { accessSync, constants, readdirSync } from "node:fs"
import { delimiter, join } from "node:path"

const debian = "/usr/lib/postgresql"

/** Debian keeps one folder a major version; the newest comes first. */
const debianFolders = (): ReadonlyArray<string> => {
  try {
    return readdirSync(debian)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(debian, version, "bin"))
  } catch {
    return []
  }
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The path of pgbench, from Debian's PostgreSQL folders or else from PATH; undefined when missing. */
export const findPgbench = (
  path: string = process.env.PATH ?? "",
  folders: ReadonlyArray<string> = debianFolders()
): string | undefined =>
  [...folders, ...path.split(delimiter).filter((folder) => folder !== "")]
    .map((folder) => join(folder, "pgbench"))
    .find(isExecutable)
