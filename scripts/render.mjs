/**
 * `pnpm render`: writes deploy/kubernetes from the chart, one file for each file of values, for who
 * applies plain manifests and for the tests. `pnpm render --check` writes nothing, and ends with 1
 * when a file is not what the chart makes. Needs helm 3, by the variable HELM or on the PATH; with
 * `--lint` it checks the chart with every file of values, too. `--digests` needs no helm: it prints, as
 * JSON, the digest that each file of manifests must name.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename } from "node:path"

const chart = "deploy/helm/holdfast"
/** Any that the chart takes: nothing in it depends on the version. */
const kubeVersion = "1.34.0"

/** What the manifests come from; the tests compare it without helm. */
const digestOf = (values) => {
  const hash = createHash("sha256")
  for (const file of [...globSync(`${chart}/**/*`), values].sort()) {
    if (/\.(yaml|tpl)$/.test(file)) hash.update(file).update("\0").update(readFileSync(file))
  }
  return hash.digest("hex")
}

const helm = (...args) => {
  const { error, status, stderr, stdout } = spawnSync(process.env.HELM ?? "helm", args, {
    encoding: "utf8"
  })
  if (error !== undefined) {
    console.error(
      "there is no helm here, so nothing was done; install helm 3, or name one in the variable HELM"
    )
    process.exit(1)
  }
  if (status !== 0) {
    console.error(stderr || stdout)
    process.exit(1)
  }
  return stdout
}

const render = (values) => {
  const name = basename(values, ".yaml")
  const made = helm(
    ...["template", "holdfast", chart, "--namespace", "holdfast"],
    ...["--kube-version", kubeVersion, "--values", values]
  )
  const file = `deploy/kubernetes/${name}.yaml`
  const head =
    `# Made by \`pnpm render\` from the chart and ${values}: change those.\n` +
    `# Of ${digestOf(values)}\n`
  const text = head + made.replace(/[ \t]+$/gm, "").replace(/\n{2,}/g, "\n")
  return { file, text }
}

const run = (options) => {
  const files = readdirSync("deploy/helm/values").map((name) => `deploy/helm/values/${name}`)
  if (options.has("--digests")) {
    const digests = files.map((values) => [basename(values), digestOf(values)])
    console.log(JSON.stringify(Object.fromEntries(digests)))
    return
  }
  if (options.has("--lint")) {
    for (const values of files) {
      helm("lint", "--strict", "--kube-version", kubeVersion, chart, "--values", values)
    }
    console.log(`helm lint --strict: ${files.length} files of values, nothing found`)
  }
  let differ = 0
  for (const { file, text } of files.map(render)) {
    if (!options.has("--check")) writeFileSync(file, text)
    else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
      console.error(`${file} is not what the chart makes: run pnpm render`)
      differ++
    }
  }
  console.log(`${files.length} files of manifests, ${differ} that differ`)
  process.exitCode = differ === 0 ? 0 : 1
}

run(new Set(process.argv.slice(2)))
