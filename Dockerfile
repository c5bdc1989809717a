# An image of nothing but the binary, the certificates of public authorities, and folders for
# temporary files and for data.
#
#   docker build -t ksqlite .
#   docker run -it --rm ksqlite
#   docker run -it --rm -v ksqlite:/data ksqlite --data-dir /data
#   docker run -v ./server.properties:/server.properties:ro ksqlite server /server.properties
FROM golang:1.26 AS build
WORKDIR /src
COPY . .
# Copied as one tree, the folders in it keep their modes: whoever runs the image writes to them.
RUN make build && mkdir -p /image/etc/ssl/certs && mkdir -m 1777 /image/tmp /image/data && \
    cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ && cp ksqlite /image/

FROM scratch
COPY --from=build /image/ /
USER 65532:65532
ENTRYPOINT ["/ksqlite"]
