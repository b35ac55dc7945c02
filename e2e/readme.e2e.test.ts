/** Every snippet of the READMEs does what it says, and a wrong one is found. */
import { spawnSync } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"
import {
  freshDatabase,
  sharedKafka,
  startRedis,
  whyNoKafka,
  whyNoPostgres,
  whyNoRedis
} from "../test-servers/src/index.ts"
import { type Program, programsOf, shellLinesOf, snippetsOf } from "./readmeSnippets.ts"
import { snippetProject } from "./snippetProject.ts"
import { snippetShell } from "./snippetShell.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const readmes = ["README.md", ...globSync("packages/*/README.md", { cwd: root }).sort()].map(
  (file) => ({ file, text: readFileSync(join(root, file), "utf8") })
)

const timeout = 240_000

const noCurl = spawnSync("curl", ["--version"]).error === undefined ? undefined : "there is no curl"

/** `name`, and why it is skipped if it is. */
const because = (name: string, reason: string | undefined) =>
  reason === undefined ? name : `${name} — ${reason}`

/** Runs a program of the project and throws when it fails, or prints anything but what it says. */
const runRightly = async (
  project: ReturnType<typeof snippetProject>,
  program: Program,
  env: Readonly<Record<string, string>> = {}
) => {
  const { code, stderr, stdout } = await project.run(program, env)
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  const printed = stdout.split("\n").filter((line) => line !== "")
  if (program.prints.length > 0) expect(printed).toEqual(program.prints)
}

const runAllRightly = async (markdown: string) => {
  await using shell = snippetShell()
  for (const line of shellLinesOf(markdown)) await shell.run(line)
}

describe("the READMEs", () => {
  const programs = readmes.flatMap(({ file, text }) => programsOf(file, text))
  const project = snippetProject(programs)
  afterAll(() => project[Symbol.dispose]())

  it("of the repository and of every package are there, with snippets that run", () => {
    expect(readmes.map(({ file }) => file)).toEqual([
      "README.md",
      ...[
        "adapter-kafka",
        "adapter-pg",
        "adapter-redis",
        "adapter-webhooks",
        "client",
        "core",
        "graphql",
        "grpc",
        "http",
        "server"
      ].map((name) => `packages/${name}/README.md`)
    ])
    // What the client sends needs a server: its own tests send it.
    const unrun = ["packages/client/README.md"]
    for (const { file, text } of readmes) {
      const count = programsOf(file, text).length + shellLinesOf(text).length
      expect([file, count > 0]).toEqual([file, !unrun.includes(file)])
    }
  })

  it(
    "hold programs that compile as strictly as the packages do",
    () => {
      const found = [...project.check()].filter(([, errors]) => errors !== "")
      expect(Object.fromEntries(found)).toEqual({})
    },
    timeout
  )

  for (const program of programs) {
    if (program.text.includes("KAFKA_BROKERS")) {
      const reason = whyNoKafka()
      const name = `hold a program that runs on a broker: ${program.name}`
      const onBroker = async () => {
        const { brokers } = await sharedKafka()
        await runRightly(project, program, { KAFKA_BROKERS: brokers.join(",") })
      }
      it.skipIf(reason !== undefined)(because(name, reason), onBroker, timeout)
      continue
    }
    if (program.text.includes("REDIS_URL")) {
      const reason = whyNoRedis()
      const name = `hold a program that runs on a Redis: ${program.name}`
      const onRedis = async () => {
        const { stop, url } = await startRedis()
        try {
          await runRightly(project, program, { REDIS_URL: url })
        } finally {
          await stop()
        }
      }
      it.skipIf(reason !== undefined)(because(name, reason), onRedis, timeout)
      continue
    }
    if (!program.text.includes("DATABASE_URL")) {
      it(`hold a program that runs: ${program.name}`, () => runRightly(project, program), timeout)
      continue
    }
    const reason = whyNoPostgres(18)
    const name = `hold a program that runs on a server: ${program.name}`
    const onServer = async () => {
      const { drop, url } = await freshDatabase()
      try {
        await runRightly(project, program, { DATABASE_URL: url })
      } finally {
        await drop()
      }
    }
    it.skipIf(reason !== undefined)(because(name, reason), onServer, timeout)
  }

  for (const { file, text } of readmes) {
    if (shellLinesOf(text).length === 0) continue
    const name = because(`hold commands that work: ${file}`, noCurl)
    it.skipIf(noCurl !== undefined)(name, () => runAllRightly(text), timeout)
  }
})

const fenced = (info: string, ...lines: ReadonlyArray<string>) =>
  ["# A title", "", `\`\`\`${info}`, ...lines, "```", ""].join("\n")

describe("a wrong snippet", () => {
  it("of words that mean nothing, or without an end, is found", () => {
    expect(() => snippetsOf(fenced("ts norun", "x"))).toThrow("line 3: norun is no word")
    expect(() => snippetsOf("```ts\nx")).toThrow("line 1: the snippet has no end")
    expect(() => programsOf("R.md", fenced("ts continues", "x"))).toThrow("nothing to continue")
  })

  it("is passed over only when it is marked, or no program", () => {
    const text = fenced("ts no-run", "x") + fenced("sh no-run", "npm start") + fenced("json", "{}")
    expect(programsOf("R.md", text)).toEqual([])
    expect(shellLinesOf(text)).toEqual([])
  })

  it(
    "of TypeScript is known by its line, and so is the one that continues it",
    () => {
      const text =
        fenced(
          "ts",
          `import { createInventory } from "@holdfast/adapter-pg"`,
          "createInventory(1)"
        ) +
        fenced("ts continues", "const n: number = createInventory") +
        fenced("ts", "export const right: number = 1")
      const programs = programsOf("R.md", text)
      using project = snippetProject(programs)
      const [[, wrong] = [], [, right] = []] = project.check()
      expect(wrong).toMatch(/\(5,17\): error TS2345.*\n.*\(10,7\): error TS2322/)
      expect(right).toBe("")
    },
    timeout
  )

  it(
    "fails when it throws, and when it prints something else",
    async () => {
      const text =
        fenced("ts", `throw new Error("no")`) + fenced("ts", "console.log(2) // prints 3")
      const [throwing, lying] = programsOf("R.md", text)
      if (throwing === undefined || lying === undefined) return expect.unreachable()
      using project = snippetProject([throwing, lying])
      await expect(runRightly(project, throwing)).rejects.toThrow()
      await expect(runRightly(project, lying)).rejects.toThrow()
    },
    timeout
  )

  it(
    "of the shell fails by its status, and what is not known is not run",
    async () => {
      const get = "curl http://127.0.0.1:3000/api/inventory/nothing"
      if (noCurl === undefined) await runAllRightly(fenced("sh", `${get}  # 404`))
      await expect(runAllRightly(fenced("sh", get))).rejects.toThrow("line 4: curl")
      await expect(runAllRightly(fenced("sh", "npm start"))).rejects.toThrow("no-run?")
      const unknown = runAllRightly(fenced("sh", "npx holdfast levitate"))
      await expect(unknown).rejects.toThrow("exit 2")
    },
    timeout
  )
})
