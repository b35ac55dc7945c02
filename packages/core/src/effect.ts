/** The Effect side of Holdfast: services, ports, layers and the pure core. */
export {}
