/**
 * The REST API inside a host's own server, beside the host's own routes. The handler takes a web
 * `Request` and gives a `Response`, so any framework that has them will do; here it is Hono.
 */
import { layerMigrations, layerPglite, layerStorage } from "@holdfast/adapter-pg/effect"
import { Inventory } from "@holdfast/core/effect"
import { webHandler } from "@holdfast/http"
import { serve } from "@hono/node-server"
import * as Layer from "effect/Layer"
import { Hono } from "hono"

const engine = Inventory.layer().pipe(
  Layer.provideMerge(layerStorage()),
  Layer.provide(layerMigrations()),
  Layer.provide(layerPglite({ memory: true }))
)
const holdfast = webHandler(engine)

const app = new Hono()
app.get("/", (context) => context.text("the host's own page"))
app.all("/api/*", (context) => holdfast.handler(context.req.raw))

const port = Number(process.env["PORT"] ?? 3000)
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, (address) => {
  console.log(`http://127.0.0.1:${address.port}`)
})

// Stop taking requests, answer those that are here, then close the engine.
process.once("SIGTERM", () => server.close(() => void holdfast.dispose()))
