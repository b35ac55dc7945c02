/** The REST API inside an Express app, beside the app's own routes, over one inventory. */
import { createInventory } from "@holdfast/adapter-pg"
import { problemFor } from "@holdfast/http"
import { toNodeHandler } from "@holdfast/http/node"
import express, { type ErrorRequestHandler } from "express"

const inventory = await createInventory()
const holdfast = toNodeHandler(inventory)

const app = express()
app.use(express.json())
app.get("/", (_request, response) => void response.send("the host's own page"))
app.get("/shelf/:skuId", async (request, response) => {
  response.json(await inventory.stock(request.params.skuId))
})
app.use(holdfast.listener)

/** A refusal becomes its problem; anything else is for Express. */
const answerRefusals: ErrorRequestHandler = (error, _request, response, next) => {
  const answer = problemFor(error)
  if (answer === undefined) return next(error)
  response.status(answer.status).set(answer.headers).send(JSON.stringify(answer.body))
}
app.use(answerRefusals)

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address()
  if (typeof address === "object") console.log(`http://127.0.0.1:${address?.port}`)
})

// Stop taking requests, answer those that are here, then close the inventory.
process.once("SIGTERM", () =>
  server.close(async () => {
    await holdfast.dispose()
    await inventory.close()
  })
)
