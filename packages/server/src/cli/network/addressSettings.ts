/** Where a server listens. `serve` opens that address, and `health` asks there. */
import { anyText, setting, wholeNumber } from "../settings.ts"

/** The settings of the address. */
export const addressFlags = {
  port: setting(
    "port",
    {
      metavar: "<port>",
      description: "Port to listen on, 0 for any free one (default: 3000)",
      read: wholeNumber(0, 65_535)
    },
    3_000
  ),
  host: setting(
    "host",
    {
      metavar: "<address>",
      description: "Address to listen on (default: 127.0.0.1, which only this machine reaches)",
      read: anyText
    },
    "127.0.0.1"
  )
}
