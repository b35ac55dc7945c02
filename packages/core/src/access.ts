/** Who may do what: principals, their roles and scopes. */
export * from "./access/authorize.ts"
export * from "./access/Permission.ts"
export * from "./access/Principal.ts"
export * from "./access/readPrincipal.ts"
