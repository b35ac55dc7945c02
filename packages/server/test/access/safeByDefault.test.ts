/**
 * What a server does before anybody has said who may ask: it serves this machine, and nobody else.
 * Settings that do not fit end it, and none of them lets people in.
 */
import { existsSync } from "node:fs"
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { developmentKeyOf } from "../../src/access/tokens/developmentTokens.ts"
import { get, send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { attackedKeys } from "./tokens/attacks.ts"
import { audienceName, issuerName, keySetOf, listen, makeKey, tokenOf } from "./tokens/issuer.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-access-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const path = "/api/products"

const ask = (url: string, token: string, headers: Readonly<Record<string, string>> = {}) =>
  send(url, "GET", path, undefined, { authorization: `Bearer ${token}`, ...headers })

/** A request with headers that `fetch` would not send. */
const askAs = (url: string, headers: Readonly<Record<string, string>>) =>
  new Promise<number | undefined>((resolve, reject) => {
    const sent = request(`${url}${path}`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on("error", reject).end()
  })

const ended = (...args: ReadonlyArray<string>) =>
  holdfast(["serve", "--memory", "--port", "0", ...args], { cwd: folder })

describe("without --auth", () => {
  it("a server on loopback serves everybody there, and says so", async () => {
    await using server = await startServer(["--memory"], { cwd: folder })
    expect((await get(server.url, path)).status).toBe(200)
    expect(server.log()).toContain("everybody who reaches the server may do all")
  })

  it("a server on another address does not start, and says what to give", async () => {
    const { code, stderr } = await ended("--host", "0.0.0.0")
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/others than this machine may reach .*--auth none/)
    })
  })

  it("--demo does not make a server on another address start", async () => {
    expect((await ended("--host", "0.0.0.0", "--demo")).code).toBe(2)
  })
})

it("--auth none lets everybody in on any address, and warns of it", async () => {
  await using server = await startServer(["--memory", "--host", "0.0.0.0", "--auth", "none"])
  expect((await get(server.url, path)).status).toBe(200)
  expect(server.log()).toContain(
    "everybody who reaches this server may do everything (--auth none)"
  )
})

describe("development tokens", () => {
  it("are printed for each role, with a line that uses one, and made again by holdfast token", async () => {
    await using server = await startServer(["--memory", "--demo"], { cwd: folder })
    for (const role of ["ADMIN", "manager", "USER"]) {
      const { code, stdout } = await holdfast(["token", role], { cwd: folder })
      expect(code).toBe(0)
      expect((await ask(server.url, stdout.trim())).status).toBe(200)
    }
    expect((await get(server.url, path)).status).toBe(200)
    expect((await ask(server.url, "made-up")).status).toBe(401)
    const { mode } = await stat(join(folder, ".holdfast", "development-key.json"))
    expect(mode & 0o777).toBe(0o600)
    expect(server.log()).not.toMatch(/eyJ/)
  })

  it("work for nobody whom a proxy or a page of another site stands in front of", async () => {
    await using server = await startServer(["--memory", "--auth", "development"], { cwd: folder })
    const { stdout } = await holdfast(["token", "ADMIN"], { cwd: folder })
    const authorization = `Bearer ${stdout.trim()}`
    expect(await askAs(server.url, { authorization })).toBe(200)
    for (const header of [
      { "x-forwarded-for": "192.0.2.1" },
      { forwarded: "for=192.0.2.1" },
      { host: "shop.example" },
      { origin: "https://shop.example" }
    ]) {
      expect(await askAs(server.url, { authorization, ...header })).toBe(401)
      expect(await askAs(server.url, header)).toBe(401)
    }
  })

  it("of another folder's key are not taken", async () => {
    await using server = await startServer(["--memory", "--auth", "development"], { cwd: folder })
    await Effect.runPromise(developmentKeyOf(join(folder, "other")))
    const { stdout } = await holdfast(["token", "ADMIN", "--folder", join(folder, "other")])
    expect((await ask(server.url, stdout.trim())).status).toBe(401)
  })

  it("are not for a server that others reach, nor beside another way", async () => {
    const { code, stderr } = await ended("--host", "0.0.0.0", "--auth", "development")
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("loopback alone")
    })
    expect((await ended("--auth", "development,jwt")).code).toBe(2)
  })

  it("are not taken by a server with --auth jwt", async () => {
    const file = join(folder, "jwks.json")
    const key = makeKey("ES256")
    await writeFile(file, keySetOf([key]))
    await using server = await startServer(
      [
        ...["--memory", "--demo", "--auth", "jwt", "--jwks-file", file],
        ...["--jwt-issuer", issuerName, "--jwt-audience", audienceName]
      ],
      { cwd: folder }
    )
    await Effect.runPromise(developmentKeyOf(join(folder, ".holdfast")))
    const { stdout } = await holdfast(["token", "ADMIN"], { cwd: folder })
    expect((await ask(server.url, stdout.trim())).status).toBe(401)
    expect((await ask(server.url, tokenOf(key))).status).toBe(200)
    expect((await get(server.url, path)).status).toBe(401)
  })

  it("cannot be had of a folder that no server has used, and none is made", async () => {
    const wrong = join(folder, "wrong")
    const { code, stderr, stdout } = await holdfast(["token", "USER", "--folder", wrong])
    expect({ code, stdout, stderr }).toMatchObject({
      ...{ code: 1, stdout: "" },
      stderr: expect.stringContaining(`there is none in ${wrong}; name the --folder of a server`)
    })
    expect(existsSync(wrong)).toBe(false)
  })

  it("cannot be had with a key file that is none, and nothing is let in", async () => {
    const other = join(folder, "broken")
    await mkdir(other)
    const file = join(other, "development-key.json")
    await writeFile(file, "{}")
    await chmod(file, 0o600)
    const { code, stderr, stdout } = await holdfast(["token", "ADMIN", "--folder", other])
    expect({ code, stdout, stderr }).toMatchObject({
      ...{ code: 1, stdout: "" },
      stderr: expect.stringContaining("is no development key; remove it")
    })
    expect(await readFile(file, "utf8")).toBe("{}")
  })
})

it("settings that do not fit end the server with a sentence, also those of variables", async () => {
  const flags = await ended("--auth", "jwt", "--jwt-issuer", issuerName)
  expect(flags).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining("--auth jwt needs --jwt-audience") }
  })
  const variables = await holdfast(["serve", "--memory", "--port", "0"], {
    env: { HOLDFAST_AUTH: "jtw" }
  })
  expect(variables).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      "HOLDFAST_AUTH must be none, development, or some of jwt, keys, certificates"
    )
  })
})

describe("an issuer that is away", () => {
  it("at the start leaves the server up and not ready; tokens are taken once it is there", async () => {
    const { ec } = attackedKeys()
    await using issuer = await listen(undefined)
    await using server = await startServer([
      ...["--memory", "--auth", "jwt", "--jwt-issuer", issuerName],
      ...["--jwt-audience", audienceName, "--jwks-url", issuer.url]
    ])
    await server.logs(
      "the keys of the issuer cannot be read; no token can be verified until they are"
    )
    const ready = await get(server.url, "/health/ready")
    expect(ready).toMatchObject({ status: 503, body: { reason: "Unavailable" } })
    expect(ready.body.detail).toContain("the keys of the issuer of tokens cannot be read yet")
    expect((await ask(server.url, tokenOf(ec))).status).toBe(401)
    expect((await get(server.url, "/health/live")).status).toBe(200)
    issuer.answer = keySetOf([ec])
    await server.logs("the keys of the issuer were read")
    expect((await ask(server.url, tokenOf(ec))).status).toBe(200)
    expect(await get(server.url, "/health/ready")).toMatchObject({
      ...{ status: 200, body: { status: "ready" } }
    })
  })
})
