/**
 * A cell: what a container gives a process, without an engine. A namespace of mounts whose root has
 * Node, the libraries of the machine, the production tree and nothing else, all of it read-only but
 * /tmp and what is named; in it a user who owns nothing, and no way to become another.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { keepOnLeash } from "../../test-servers/src/index.ts"

/** Who runs in a cell. It is nobody's id on a usual machine. */
export const userOfCells = 65_532

// Each word of a mount is a line of the fstab of a container. `$1` root, `$2` tree, `$3` Node, `$4` data.
const script = `
set -eu
root=$1 tree=$2 node=$3 data=$4
shift 4
mount -t tmpfs -o mode=755 cell "$root"
mkdir "$root/app" "$root/tmp" "$root/data" "$root/dev" "$root/usr" "$root/usr/lib"
mount --bind "$tree" "$root/app"
mount -o remount,bind,ro,nosuid,nodev "$root/app"
mount --bind /usr/lib "$root/usr/lib"
mount -o remount,bind,ro,nosuid,nodev "$root/usr/lib"
for folder in lib lib64; do
  if [ -L "/$folder" ]; then cp -P "/$folder" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$root/$folder"
    mount --bind "/$folder" "$root/$folder"
    mount -o remount,bind,ro,nosuid,nodev "$root/$folder"
  fi
done
if [ -d /usr/lib64 ]; then
  mkdir "$root/usr/lib64"
  mount --bind /usr/lib64 "$root/usr/lib64"
  mount -o remount,bind,ro,nosuid,nodev "$root/usr/lib64"
fi
for file in null urandom; do : > "$root/dev/$file"; mount --bind "/dev/$file" "$root/dev/$file"; done
: > "$root/node"
mount --bind "$node" "$root/node"
mount -o remount,bind,ro,nosuid,nodev "$root/node"
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmp "$root/tmp"
mount --bind "$data" "$root/data"
mount -o remount,ro "$root"
exec setpriv --no-new-privs -- chroot --userspec=${userOfCells}:${userOfCells} --groups= "$root" /node "$@"
`

/** Why there can be no cells here; undefined when there can. */
export const whyNoCell = (): string | undefined => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return "SKIPPED: only root on Linux may mount; the image job of the workflows runs a container"
  }
  try {
    execFileSync("unshare", ["--mount", "setpriv", "--version"], { stdio: "ignore" })
    return undefined
  } catch (cause) {
    return `SKIPPED: no namespace of mounts can be made here: ${String(cause).split("\n")[0]}`
  }
}

/** How a process in a cell ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A process in a cell. */
export interface Prisoner extends AsyncDisposable {
  readonly ended: Promise<Ended>
  /** Waits until its output has a text, and answers with all of it; rejects when it ends before. */
  readonly prints: (text: string) => Promise<string>
  readonly stop: () => Promise<Ended>
  /** What the kernel says of it: a file of its folder in /proc. */
  readonly kernelSays: (file: "mountinfo" | "status") => string
}

/** A place for cells that share a production tree and a folder that can be written to. */
export interface Cells extends Disposable {
  readonly begin: (args: ReadonlyArray<string>, env?: Readonly<Record<string, string>>) => Prisoner
  readonly run: (
    args: ReadonlyArray<string>,
    env?: Readonly<Record<string, string>>
  ) => Promise<Ended>
}

const watched = (child: ChildProcess): Prisoner => {
  const output = { stdout: "", stderr: "" }
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text
  })
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code) => resolve({ code, ...output }))
  })
  const all = () => `${output.stdout}${output.stderr}`
  return {
    ended,
    prints: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (all().includes(text)) resolve(all())
        }
        look()
        child.stdout?.on("data", look)
        child.stderr?.on("data", look)
        void ended.then(
          () => reject(new Error(`it ended before it said ${text}: ${all()}`)),
          reject
        )
      }),
    stop: () => {
      child.kill("SIGTERM")
      return ended
    },
    kernelSays: (file) => readFileSync(`/proc/${child.pid}/${file}`, "utf8"),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL")
      await ended
    }
  }
}

/** Makes the place. */
export const makeCells = (tree: string): Cells => {
  const place = mkdtempSync(join(tmpdir(), "holdfast-cells-"))
  const [root, data] = [join(place, "root"), join(place, "data")]
  for (const folder of [root, data]) mkdirSync(folder)
  chmodSync(place, 0o755)
  chownSync(data, userOfCells, userOfCells)
  // Every program of the chain replaces itself by the next: the child is Node.
  const launch = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    watched(
      keepOnLeash(
        spawn(
          "unshare",
          ["--mount", "sh", "-c", script, "sh", root, tree, process.execPath, data, ...args],
          {
            env: {
              PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
              NODE_ENV: "production",
              HOLDFAST_LEAVE_TIME: "0s",
              ...env
            },
            stdio: ["ignore", "pipe", "pipe"]
          }
        )
      )
    )
  return {
    begin: launch,
    run: (args, env) => launch(args, env).ended,
    [Symbol.dispose]: () => rmSync(place, { recursive: true, force: true })
  }
}
