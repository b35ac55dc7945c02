/** A database whose server works under a role that may do what `migrate --grants` says, and no more. */
import { freshDatabase, runOn } from "@holdfast/test-servers"
import { holdfast } from "../ServerProcess.ts"

/** A migrated database, by its owner and by the role. */
export interface LeastRole {
  readonly ownerUrl: string
  readonly url: string
  readonly role: string
  /** The tables that the script names, with their schemas. */
  readonly granted: ReadonlySet<string>
  readonly drop: () => Promise<void>
}

let roles = 0

const done = async (args: ReadonlyArray<string>): Promise<string> => {
  const { code, stderr, stdout } = await holdfast(args)
  if (code !== 0) throw new Error(`holdfast ${args[0]}: ${stderr}`)
  return stdout
}

/** Makes the database, the tables and the role. */
export const leastRole = async (
  service: "all" | "product" | "inventory" = "all"
): Promise<LeastRole> => {
  const database = await freshDatabase()
  const role = `least_${process.pid}_${++roles}`
  const of = ["--service", service]
  await done(["migrate", ...of, "--database", database.url])
  await runOn(database.url, `create role ${role} login password 'least'`)
  const script = await done(["migrate", ...of, "--grants", role])
  const statements = script
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("--"))
    .filter((line) => line !== "begin;" && line !== "commit;")
  for (const statement of statements) await runOn(database.url, statement)
  const url = new URL(database.url)
  url.username = role
  url.password = "least"
  return {
    ownerUrl: database.url,
    url: url.href,
    role,
    granted: new Set([...script.matchAll(/ on (\w+\.\w+) to /g)].map(([, table = ""]) => table)),
    drop: async () => {
      // Rights of a role outlive the database only in the list of roles.
      await runOn(database.url, `drop owned by ${role}`)
      await runOn(database.url, `drop role ${role}`)
      await database.drop()
    }
  }
}
