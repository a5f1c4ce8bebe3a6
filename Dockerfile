# One image for every process. `npm run image` puts node and nats-server into .cache/image and the bundles into dist before it builds this.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
COPY .cache/image/ /usr/local/bin/
COPY docker/nats-server.conf /etc/everynode/nats-server.conf
COPY dist/ /opt/everynode/
# A named volume takes the owner of the folder that it is mounted on. No VOLUME: it would leave an unnamed one behind for every container that keeps nothing.
RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
WORKDIR /data
ENTRYPOINT ["/usr/local/bin/node"]
CMD ["/opt/everynode/cli.mjs", "--help"]
