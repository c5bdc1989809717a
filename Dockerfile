# An image of nothing but the binary, the certificates of public authorities, and a
# folder for temporary files.
#
#   docker build -t ksqlite .
#   docker run -it --rm ksqlite
#   docker run -v ./server.properties:/server.properties:ro ksqlite server /server.properties
FROM golang:1.26 AS build
WORKDIR /src
COPY . .
RUN make build && mkdir -m 1777 /empty

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /empty /tmp
COPY --from=build /src/ksqlite /ksqlite
USER 65532:65532
ENTRYPOINT ["/ksqlite"]
