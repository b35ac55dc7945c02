/** How a server compresses answers: Brotli for those who take it, else gzip. */
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"
import type { Compressors } from "@holdfast/http"

const brotli = promisify(brotliCompress)
const zipped = promisify(gzip)

/** As quick as gzip, and shorter: the highest quality takes a hundred times as long. */
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

/** What a server compresses with. */
export const compressors: Compressors = new Map([
  ["br", (bytes: Uint8Array) => brotli(bytes, quality)],
  ["gzip", (bytes: Uint8Array) => zipped(bytes)]
])
