#!/usr/bin/env node
// The `holdfast` command. It has no static import, so that a Node which is too old to read the rest
// says so in one line instead of failing in the middle of it.
const needed = [22, 22]
const [major, minor] = process.versions.node.split(".").map(Number)

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `holdfast needs Node ${needed.join(".")} or newer; this is Node ${process.versions.node}. ` +
      "Install a newer one from https://nodejs.org and run the command again."
  )
  process.exitCode = 1
} else {
  // A second start reads compiled code: it takes half the time.
  const { enableCompileCache } = await import("node:module")
  enableCompileCache?.()
  await import("../dist/main.js")
}
