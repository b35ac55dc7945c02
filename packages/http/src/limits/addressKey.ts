/** Whose bucket an address draws from. */
export { addressKey } from "@holdfast/core/access"
