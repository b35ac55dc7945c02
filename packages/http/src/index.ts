/** The REST API of Holdfast: routes, a web handler and a typed client. */
export {}
