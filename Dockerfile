# The image: a jlink runtime with its archive of classes on a base that has a C library and no shell. `make image` builds it;
# so do `docker build .`, `podman build .` and `buildah build .` alone.
ARG JDK_IMAGE=docker.io/library/eclipse-temurin:25-jdk
ARG BASE_IMAGE=gcr.io/distroless/base-nossl-debian13:nonroot

FROM ${JDK_IMAGE} AS build
ARG VERSION=0.1.0
ARG DATE=2026-01-01T00:00:00Z
# The features to take along, by name; `all`, or nothing for the chassis alone.
ARG FEATURES=all
# aot: trained in this build, the fastest start; cds: the same bytes in every build; none: neither.
ARG AOT=aot
WORKDIR /build
COPY src src
RUN javac -encoding UTF-8 -XDignore.symbol.file -XDstringConcat=inline --module-version ${VERSION} --module-source-path src -d classes $(find src -name '*.java' | LC_ALL=C sort) \
 && (cd src && for file in $(find * -type f ! -name '*.java'); do mkdir -p ../classes/$(dirname $file) && mv $file ../classes/$file || exit 1; done) \
 && mkdir modules && for module in src/*; do name=${module#src/}; \
      how=--no-manifest; [ ! -f $module/uservice/Main.java ] || how='--main-class uservice.Main'; \
      (cd classes/$name && jar --create --file ../../modules/$name.jar --date ${DATE} $how $(find . -type f | sed 's|^\./||' | LC_ALL=C sort)) || exit 1; \
    done
COPY jlink jlink
# One folder a layer, in the order of how seldom it changes: the JVM, the classes, their archive. All files of one date.
RUN jlink/runtime "${JAVA_HOME}" modules runtime ${AOT} ${FEATURES} \
 && rm -f runtime/bin/uservice runtime/bin/hwaas \
 && mkdir -p layers/jvm/opt layers/jvm/etc/uservice layers/classes/opt/uservice/lib layers/archive/opt/uservice/lib/server \
 && mv runtime/lib/modules layers/classes/opt/uservice/lib/ \
 && { [ ${AOT} = none ] || mv runtime/lib/server/classes.jsa layers/archive/opt/uservice/lib/server/; } \
 && mv runtime layers/jvm/opt/uservice \
 && find layers -exec touch -h -d ${DATE} {} +

FROM ${BASE_IMAGE}
ARG BASE_IMAGE
ARG VERSION=0.1.0
ARG DATE=2026-01-01T00:00:00Z
ARG REVISION=unknown
LABEL org.opencontainers.image.title="uservice" \
      org.opencontainers.image.description="Probes, metrics, logs, configuration and an orderly stop on the plain JDK" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${DATE}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
COPY --from=build --chown=0:0 /build/layers/jvm /
COPY --from=build --chown=0:0 /build/layers/classes /
COPY --from=build --chown=0:0 /build/layers/archive /
# LANG: the names of files and the arguments are UTF-8.
ENV LANG=C.UTF-8 PATH=/opt/uservice/bin
# A file uservice.yaml mounted here is found without being named.
WORKDIR /etc/uservice
USER 65532:65532
EXPOSE 8079 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/opt/uservice/bin/java", "-XX:TieredStopAtLevel=1", "-m", "uservice", "probe", "ready"]
ENTRYPOINT ["/opt/uservice/bin/java", "-m", "uservice"]
CMD ["start"]
