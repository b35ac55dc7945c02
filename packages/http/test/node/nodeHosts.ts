/** Servers of hosts on Node that have the API mounted, each on a free port of 127.0.0.1. */
import { createServer, type RequestListener, type Server } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import express from "express"
import fastify, { type FastifyReply, type FastifyRequest } from "fastify"
import type { NodeHandler } from "../../src/node/index.ts"

const require = createRequire(import.meta.url)
const express4: typeof express = require("express-4")

/** A server that listens. */
export interface NodeHost {
  readonly port: number
  readonly close: () => Promise<void>
}

const listening = async (server: Server): Promise<NodeHost> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

/** Any listener, on a port. */
export const serve = (listener: RequestListener): Promise<NodeHost> =>
  listening(createServer(listener))

/** How a host mounts the API. */
export type Mounting = (holdfast: NodeHandler, path: string) => Promise<NodeHost>

const inExpress =
  (make: typeof express, parser?: express.RequestHandler): Mounting =>
  ({ listener }, path) => {
    const app = make()
    if (parser !== undefined) app.use(parser)
    if (path === "") app.use(listener)
    else app.use(path, listener)
    app.use((_request, response) => {
      response.status(404).json({ host: "has nothing" })
    })
    return serve(app)
  }

const inFastify =
  (keepsParsers: boolean): Mounting =>
  async ({ listener }, path) => {
    const app = fastify()
    await app.register(async (scope) => {
      if (!keepsParsers) {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser("*", (_request, _payload, done) => done(null))
      }
      const pass = (request: FastifyRequest, reply: FastifyReply) => {
        if (keepsParsers) Object.assign(request.raw, { body: request.body })
        reply.hijack()
        listener(request.raw, reply.raw)
      }
      scope.all(`${path}/*`, pass)
    })
    await app.listen({ port: 0, host: "127.0.0.1" })
    return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
  }

/** Every mounting that is promised, and whether the host's own routes follow it. */
export const mountings: ReadonlyArray<
  readonly [name: string, mounting: Mounting, isFollowed: boolean]
> = [
  ["node:http", ({ listener }) => serve((request, response) => listener(request, response)), false],
  ["Express 5", inExpress(express), true],
  ["Express 5 after express.json()", inExpress(express, express.json()), true],
  ["Express 5 after express.text()", inExpress(express, express.text({ type: "*/*" })), true],
  ["Express 5 after express.raw()", inExpress(express, express.raw({ type: "*/*" })), true],
  ["Express 4", inExpress(express4), true],
  ["Express 4 after express.json()", inExpress(express4, express4.json()), true],
  ["Fastify 5 without its parsers", inFastify(false), false],
  ["Fastify 5 with its parsers", inFastify(true), false]
]
