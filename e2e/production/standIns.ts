/**
 * The bases of the image where none can be pulled and no engine runs: small roots of Debian under the names
 * that the Dockerfile asks for, made by debootstrap, so that buildah builds the committed file unchanged.
 * The one to run on has no shell, as the real one has none. Needs root, and Debian's packages.
 */
import { execFileSync, spawnSync } from "node:child_process"
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { homedir, tmpdir } from "node:os"
import { dirname, join } from "node:path"

const programs = ["buildah", "podman", "runc", "debootstrap"]

const apt = (...words: ReadonlyArray<string>) =>
  spawnSync("apt-get", ["-q", ...words], {
    stdio: "ignore",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  }).status

const isMissing = (name: string) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0

/** Why no image can be built here without an engine; undefined when one can. Installs what is missing. */
export const whyNoStandIns = (): string | undefined => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "only root on Linux may"
  if (programs.some(isMissing)) {
    const install = ["install", "-y", "--no-install-recommends", ...programs]
    if (apt(...install) !== 0) {
      apt("update")
      apt(...install)
    }
  }
  const missing = programs.filter(isMissing)
  return missing.length === 0 ? undefined : `no ${missing.join(", ")}, and apt-get brings none`
}

/** Where this machine gets Debian's packages from. */
const site = (): string => {
  const found = execFileSync("apt-get", ["indextargets", "--format", "$(SITE)"], {
    encoding: "utf8"
  })
  return found.split("\n")[0] ?? ""
}

/** A root of Debian, made once into the cache of this user. */
const debianRoot = (): string => {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache")
  const folder = join(cache, "holdfast", "test-servers", "debian-bookworm")
  if (existsSync(folder)) return folder
  mkdirSync(dirname(folder), { recursive: true })
  const draft = mkdtempSync(`${folder}-`)
  const include = "--include=ca-certificates,libstdc++6"
  execFileSync("debootstrap", ["--variant=minbase", include, "bookworm", draft, site()], {
    stdio: "ignore"
  })
  renameSync(draft, folder)
  return folder
}

/** Whom this machine trusts, as a base has it. */
const trustedFile = "/etc/trusted.pem"

const npmFolder = (): string => {
  const found = globSync(["/usr/lib/node_modules/npm", "/usr/local/lib/node_modules/npm"])
  if (found[0] === undefined)
    throw new Error("there is no npm on this machine to put into the base")
  return found[0]
}

/** Puts what the machine knows of its registry and of authorities beside Node and npm. */
const furnish = (root: string): void => {
  copyFileSync(realpathSync(process.execPath), join(root, "usr/local/bin/node"))
  cpSync(npmFolder(), join(root, "usr/local/lib/node_modules/npm"), { recursive: true })
  for (const name of ["npm", "npx"]) {
    const script = `#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/${name}-cli.js "$@"\n`
    writeFileSync(join(root, "usr/local/bin", name), script, { mode: 0o755 })
  }
  const settings = ["/etc/npmrc", join(homedir(), ".npmrc")].filter((file) => existsSync(file))
  const lines = settings.flatMap((file) => readFileSync(file, "utf8").split("\n"))
  const kept = lines.filter((line) => !line.startsWith("cafile"))
  writeFileSync(join(root, "root/.npmrc"), [...kept, `cafile=${trustedFile}`, ""].join("\n"))
  const { NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: own } = process.env
  const trusted = [extra, own, "/etc/ssl/certs/ca-certificates.crt"]
    .filter((file) => file !== undefined)
    .filter((file) => existsSync(file))
  writeFileSync(
    join(root, trustedFile),
    [...new Set(trusted)].map((file) => readFileSync(file, "utf8")).join("\n")
  )
}

/** What a program that is linked to the C and C++ libraries needs, and nothing else. */
const bare = (debian: string, root: string): void => {
  for (const folder of ["lib", "lib64", "etc/ssl/certs", "tmp", "proc", "sys", "dev", "run"]) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  const libraries = ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"]
  for (const name of [...libraries, "libstdc++.so.6", "libgcc_s.so.1", "libresolv.so.2"]) {
    const [found] = globSync(`{usr/,}lib/*-linux-gnu/${name}`, { cwd: debian })
    if (found !== undefined)
      copyFileSync(realpathSync(join(debian, found)), join(root, "lib", name))
  }
  const [loader] = globSync("{usr/,}lib*/ld-linux-*", { cwd: debian })
  if (loader === undefined) throw new Error("the base has no loader")
  const place = process.arch === "x64" ? "lib64" : "lib"
  const name = loader.split("/").at(-1) ?? ""
  copyFileSync(realpathSync(join(debian, loader)), join(root, place, name))
  const bundle = "etc/ssl/certs/ca-certificates.crt"
  copyFileSync(join(debian, bundle), join(root, bundle))
  writeFileSync(join(root, "etc/passwd"), "nonroot:x:65532:65532::/:/sbin/nologin\n")
  writeFileSync(join(root, "etc/group"), "nonroot:x:65532:\n")
}

/** The names of the bases, as the Dockerfile has them. */
export const basesIn = (dockerfile: string): readonly [string, string] => {
  const named = (argument: string) =>
    new RegExp(`^ARG ${argument}=(\\S+)$`, "m").exec(readFileSync(dockerfile, "utf8"))?.[1] ?? ""
  return [named("NODE_IMAGE"), named("RUNTIME_IMAGE")]
}

/** Runs buildah or podman, each with the storage of the drill; answers with what it printed. */
export type Run = (...words: ReadonlyArray<string>) => string

/** Makes both bases in the storage that `buildah` writes to. */
export const makeStandIns = (buildah: Run, [node, runtime]: readonly [string, string]): void => {
  const debian = debianRoot()
  const place = mkdtempSync(join(tmpdir(), "holdfast-bases-"))
  try {
    const commit = (root: string, name: string, ...config: ReadonlyArray<string>) => {
      const container = buildah("from", "scratch")
      buildah("copy", "--quiet", container, root, "/")
      if (config.length > 0) buildah("config", ...config, container)
      buildah("commit", "--quiet", container, name)
      buildah("rm", container)
    }
    const full = join(place, "node")
    // With what belongs to whom, and every link as it is.
    execFileSync("cp", ["-a", debian, full])
    furnish(full)
    commit(
      ...([full, node] as const),
      ...["--env", `NODE_EXTRA_CA_CERTS=${trustedFile}`],
      ...["--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    )
    const small = join(place, "runtime")
    bare(debian, small)
    commit(small, runtime)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}
