/** The header that carries the token of a cart. */
export const cartHeader = "holdfast-cart"
