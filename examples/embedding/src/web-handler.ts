/**
 * The REST API inside a host's own server, beside the host's own routes, over one inventory. The
 * handler takes a web `Request` and gives a `Response`, so any framework that has them will do; here
 * it is Hono.
 */
import { createInventory } from "@holdfast/adapter-pg"
import { problemFor, webHandler } from "@holdfast/http"
import { serve } from "@hono/node-server"
import { Hono } from "hono"

const inventory = await createInventory()
const holdfast = webHandler(inventory)

const app = new Hono()
app.get("/", (context) => context.text("the host's own page"))
app.get("/shelf/:skuId", async (context) =>
  context.json(await inventory.stock(context.req.param("skuId")))
)
app.all("/api/*", (context) => holdfast.handler(context.req.raw))
app.onError((error, context) => {
  const answer = problemFor(error)
  if (answer !== undefined) return new Response(JSON.stringify(answer.body), answer)
  console.error(error)
  return context.text("something went wrong", 500)
})

const port = Number(process.env["PORT"] ?? 3000)
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, (address) => {
  console.log(`http://127.0.0.1:${address.port}`)
})

// Stop taking requests, answer those that are here, then close the inventory.
process.once("SIGTERM", () =>
  server.close(async () => {
    await holdfast.dispose()
    await inventory.close()
  })
)
