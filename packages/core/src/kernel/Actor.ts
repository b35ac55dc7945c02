/** Who acts, as the host names them. */
import { printable } from "./Text.ts"

/** Who did it, 1–255 printable code points. */
export const Actor = printable(1, 255)
