/** A shop on Nest: its own route, and the REST API beside it, over one inventory. */
import "reflect-metadata"
import type { NodeHandler } from "@holdfast/http/node"
import { Module } from "@nestjs/common"
import { HttpAdapterHost, NestFactory } from "@nestjs/core"
import { CheckoutController } from "./CheckoutController.ts"
import { InventoryModule, REST_API } from "./InventoryModule.ts"
import { RefusalFilter } from "./RefusalFilter.ts"

/** The application. */
@Module({ imports: [InventoryModule], controllers: [CheckoutController] })
class ShopModule {}

const app = await NestFactory.create(ShopModule)
app.use(app.get<NodeHandler>(REST_API).listener) // before listen, or Nest's 404 answers first
app.useGlobalFilters(new RefusalFilter(app.get(HttpAdapterHost).httpAdapter)) // or a refusal is a 500
app.enableShutdownHooks() // or SIGTERM ends the process before the inventory is closed

await app.listen(process.env["PORT"] ?? 3000, "127.0.0.1")
console.log(await app.getUrl())
