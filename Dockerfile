# One image for each way to run: `serve`, `relay`, `consume`, `migrate`, `doctor` … are its commands.
# It has Node, the production tree and the certificates of authorities; no shell, no package manager.
#
# A release gives both bases by digest, so that a build can be repeated:
#   --build-arg NODE_IMAGE=docker.io/library/node@sha256:<digest>
#   --build-arg RUNTIME_IMAGE=gcr.io/distroless/cc-debian12@sha256:<digest>
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY . .
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile \
 && npx --yes pnpm@12.21.0 run build \
 && npx --yes pnpm@12.21.0 run production /app \
 && mkdir /data

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="Holdfast" \
      org.opencontainers.image.description="A product catalog and its inventory, which never oversells" \
      org.opencontainers.image.licenses="MIT"
# Listening to others than this machine needs HOLDFAST_AUTH: without it the server says so and ends.
ENV NODE_ENV=production \
    HOLDFAST_HOST=0.0.0.0 \
    HOLDFAST_FOLDER=/data/holdfast \
    HOLDFAST_LOG_FORMAT=json
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /app /app
COPY --from=build --chown=65532:65532 /data /data
WORKDIR /data
USER 65532:65532
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["/usr/local/bin/node", "/app/bin/holdfast.js", "health"]
ENTRYPOINT ["/usr/local/bin/node", "/app/bin/holdfast.js"]
CMD ["serve"]
