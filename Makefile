# uservice: probes, metrics, logs, configuration and an orderly stop on the plain JDK.
# `make` lists the targets. Each recipe is a line or two that can be typed by hand; everything lands in build/.

VERSION := 0.1.0
DATE    := 2026-01-01T00:00:00Z
LC_ALL  := C
export LC_ALL

# A JDK 25: JAVA_HOME, then where packages and version managers put one, then the one on the PATH.
JDK := $(shell for home in "$$JAVA_HOME" /usr/lib/jvm/* /opt/java/* /opt/jdk* "$$HOME"/.sdkman/candidates/java/* \
    "$$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home "$$(dirname "$$(dirname "$$(readlink -f "$$(command -v javac)")")")"; \
  do if grep -qs '^JAVA_VERSION="25' "$$home/release" && [ -x "$$home/bin/jlink" ]; then echo "$$home"; break; fi; done)
NO_JDK := uservice: no JDK 25 found. Install one (Temurin 25, or your system's openjdk-25-jdk) or point JAVA_HOME at it.

MODULES := $(notdir $(wildcard src/*))
JARS    := $(MODULES:%=build/modules/%.jar)
SOURCES := $(shell find src -name '*.java' | sort)
OTHERS  := $(shell find src -type f ! -name '*.java' | sort)
# sun.misc.Signal warns in a way that nothing in the source can silence; -XDignore.symbol.file is for that one class. Texts are put together by
# plain code, as in the JDK's own modules: a start does not make it up, and the jars are smaller.
JAVAC   := $(JDK)/bin/javac -encoding UTF-8 -Xlint:all,-serial -Werror -XDignore.symbol.file -XDstringConcat=inline
DOCLINT := -Xdoclint:all,-missing

# The package edges that are allowed, each package with what it may use: they point down only.
define LAYERS
uservice.yaml:
uservice.json:
uservice.tls:
uservice.config:    uservice.yaml uservice.json
uservice.backend:   uservice.config
uservice.metrics:   uservice.config uservice.json
uservice.log:       uservice.config uservice.json
uservice.health:    uservice.config
uservice.lifecycle: uservice.config
uservice.trace:     uservice.config uservice.log uservice.metrics
uservice.queue:     uservice.config uservice.backend
uservice.counter:   uservice.config uservice.backend
uservice.http:      uservice.tls uservice.config uservice.json uservice.metrics uservice.log uservice.trace
uservice.cli:       uservice.config
uservice:           uservice.json uservice.config uservice.metrics uservice.log uservice.health uservice.lifecycle uservice.queue uservice.counter uservice.http uservice.cli uservice.trace
uservice.wire:      uservice.tls uservice.config uservice
uservice.hello:     uservice.json uservice.config uservice.counter uservice.health uservice.http uservice.lifecycle uservice.log uservice.metrics uservice
uservice.hwaas:     uservice.cli uservice.config uservice.health uservice.lifecycle uservice.log uservice.metrics uservice.queue uservice
uservice.redis:     uservice.backend uservice.queue uservice.counter uservice.wire uservice
uservice.postgres:  uservice.backend uservice.queue uservice.counter uservice.wire uservice
uservice.kafka:     uservice.cli uservice.config uservice.backend uservice.health uservice.lifecycle uservice.metrics uservice.queue uservice.trace uservice.wire uservice
uservice.grpc:      uservice.wire
uservice.images:    uservice.cli uservice.config uservice.grpc uservice.health uservice.http uservice.lifecycle uservice.log uservice.metrics uservice.trace uservice.wire uservice
uservice.manifest:  uservice.cli uservice.config uservice.json uservice.lifecycle uservice
uservice.control:   uservice.cli uservice.config uservice.health uservice.http uservice.json uservice.lifecycle uservice.log uservice.metrics uservice
uservice.otlp:      uservice.config uservice.health uservice.json uservice.metrics uservice.trace uservice.wire uservice
uservice.page:      uservice.config uservice.health uservice.http uservice.json uservice.lifecycle uservice.log uservice.metrics uservice
endef
export LAYERS

.PHONY: help run test build runtime classes image reproduce layers audit bench bench-kafka doc clean jdk jdk-home
help: ## print the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | sort | awk -F'\t' '{printf "make %-11s %s\n", $$1, $$2}'

run: build ## build, then start with no configuration: health on 8079, the sample web service on 8080
	$(JDK)/bin/java -p build/modules -m uservice start

build: $(JARS) ## build/modules/<module>.jar, so that java -p build/modules -m uservice start runs

jdk:
	@[ -n "$(JDK)" ] || { echo "$(NO_JDK)" >&2; exit 1; }

jdk-home: jdk
	@echo "$(JDK)"

# The names of the sources, so that one that came or went is noticed whatever its date.
build/sources: FORCE
	@mkdir -p build && printf '%s\n' $(SOURCES) > $@.new && { cmp -s $@.new $@ || cp $@.new $@; } && rm $@.new
FORCE:

build/classes/.done: $(SOURCES) $(OTHERS) build/sources Makefile | jdk
	@rm -rf build/classes && mkdir -p build/classes
	$(JAVAC) $(DOCLINT) --module-version $(VERSION) --module-source-path src -d build/classes @build/sources
	@cd src && for file in $(OTHERS:src/%=%); do install -D -m 644 "$$file" "../build/classes/$$file" || exit 1; done
	@touch $@

# Sorted entries, one fixed date, and no manifest that would name the JDK: the same sources give the same bytes.
build/modules/%.jar: build/classes/.done
	@mkdir -p build/modules && rm -f $@
	@cd build/classes/$* && find . -type f | sed 's|^\./||' | sort > ../$*.list
	cd build/classes/$* && $(JDK)/bin/jar --create --file ../../modules/$*.jar --date $(DATE) $(if $(wildcard src/$*/uservice/Main.java),--main-class uservice.Main,--no-manifest) @../$*.list

# ---- tests -----------------------------------------------------------------------------------------------------

TESTS        := $(shell find tests -name '*.java' | sort)
TEST_MODULES := $(filter $(MODULES),$(notdir $(wildcard tests/*)))
TESTREADS     = --add-modules jdk.management --add-reads $$m=ALL-UNNAMED,java.management,jdk.management --add-exports uservice/uservice.yaml=$$m
TESTLINT     := -Xlint:-try,-missing-explicit-ctor,-exports
JUNIT        := build/lib/junit-platform-console-standalone-6.0.1.jar

test: build/tests/.done build/audit/.done ## unit, protocol and process tests, then those against the real servers that are installed
	@$(JDK)/bin/java @build/tests/options testing.RunTests $(if $(ONLY),$(ONLY),--beside=uservice.kafka$(comma)uservice.manifest$(comma)uservice.control @build/tests/classes)

build/tests/.done: $(JARS) $(TESTS) build/lib/.done
	@rm -rf build/tests && mkdir -p build/tests
	$(JAVAC) $(TESTLINT) -cp $(JUNIT) -d build/tests/testing tests/testing/*.java
	@set -e; for m in $(TEST_MODULES); do \
	  $(JAVAC) $(TESTLINT) -p build/modules -cp $(JUNIT):build/tests/testing \
	    --patch-module $$m=tests/$$m $(TESTREADS) -d build/tests/$$m $$(find tests/$$m -name '*.java'); \
	done
	@{ echo "-p build/modules --add-modules ALL-MODULE-PATH -cp $(JUNIT):build/tests/testing -ea"; \
	  for m in $(TEST_MODULES); do \
	    echo "--patch-module $$m=build/tests/$$m $(TESTREADS)"; \
	    (cd tests/$$m && find . -name '*.java' -exec dirname {} + | sort -u | sed "s|^\./||; s|/|.|g; s|.*|--add-opens $$m/&=ALL-UNNAMED|"); \
	  done; } > build/tests/options
	@for m in $(TEST_MODULES); do (cd tests/$$m && find . -name '*Test.java' | sort | sed 's|^\./||; s|/|.|g; s|\.java$$||'); done > build/tests/classes
	@touch $@

# Test and benchmark libraries by Maven coordinates; what arrives must have the checksum kept in tests/libraries.
build/lib/.done: tests/libraries | jdk
	@command -v mvn >/dev/null || { echo "uservice: tests need Maven to fetch JUnit: apt-get install maven" >&2; exit 1; }
	@rm -rf build/lib && mkdir -p build/lib
	@set -e; grep -v '^#' tests/libraries | while read -r sum artifact; do \
	  JAVA_HOME="$(JDK)" MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow mvn -q -B -ntp -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact=$$artifact -DoutputDirectory=build/lib </dev/null; \
	  file=build/lib/$$(echo $$artifact | cut -d: -f2,3 | tr : -).jar; \
	  echo "$$sum  $$file" | sha256sum -c --quiet -; \
	done
	@touch $@

# ---- benchmarks ------------------------------------------------------------------------------------------------

BENCHES := $(shell find bench -name '*.java' | sort)
JMH     := build/lib/jmh-core-1.37.jar:build/lib/jopt-simple-5.0.4.jar:build/lib/commons-math3-3.6.1.jar
BENCHCP := build/bench/classes:build/modules/uservice.jar
JMHRUN  := -f 1 -wi 3 -w 1 -i 5 -r 1 -prof gc -rf json -rff build/bench/jmh.json

bench: build/bench/.done $(if $(filter-out process,$(ONLY)),,runtime) ## some 7 minutes into build/bench/report.md; ONLY=Counter: JMH of that name, ONLY=process: the other half
	$(if $(filter process,$(ONLY)),,$(JDK)/bin/java --sun-misc-unsafe-memory-access=allow -cp $(BENCHCP):$(JMH) org.openjdk.jmh.Main $(JMHRUN) $(ONLY))
	$(if $(filter process,$(ONLY)),,@sed -i 's|"jvm" : "[^"]*"|"jvm" : "java"|' build/bench/jmh.json # where a JDK lies is its machine's business)
	$(if $(filter-out process,$(ONLY)),,$(JDK)/bin/java -cp $(BENCHCP) process.WholeProcess build/runtime build/bench/process.jar build/bench)

BENCHTIME ?= 165

bench-kafka: build/kafka-4/.done build/bench/.done ## some 3 minutes into build/bench/kafka.md: our producer and consumer against Kafka's own performance tools
	$(JDK)/bin/java -cp $(BENCHCP) process.KafkaFigures build/modules jlink/jvm build/bench/process.jar build/kafka-4 build/bench $(BENCHTIME)

# Kafka and its tools by Maven, without what they would draw in; what arrives must have the checksum kept in the list. The tests take them from there too.
build/kafka-4/.done: tests/kafka-4 | jdk
	@command -v mvn >/dev/null || { echo "uservice: make bench-kafka needs Maven to fetch Kafka and its tools: apt-get install maven" >&2; exit 1; }
	@rm -rf build/kafka-4 && mkdir -p build/kafka-4
	@grep -v '^#' tests/kafka-4 | awk -F'[ :]' 'BEGIN { print "<project><modelVersion>4.0.0</modelVersion><groupId>bench</groupId><artifactId>kafka</artifactId><version>1</version><dependencies>" } \
	  { print "<dependency><groupId>" $$2 "</groupId><artifactId>" $$3 "</artifactId><version>" $$4 "</version><exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>" } \
	  END { print "</dependencies></project>" }' > build/kafka-4/pom.xml
	@JAVA_HOME="$(JDK)" MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow mvn -q -B -ntp -Dstyle.color=never -f build/kafka-4/pom.xml org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=. </dev/null
	@grep -v '^#' tests/kafka-4 | awk -F'[ :]' '{ print $$1 "  build/kafka-4/" $$3 "-" $$4 ".jar" }' | sha256sum -c --quiet -
	@rm build/kafka-4/pom.xml && cp tests/kafka-4 $@

build/bench/.done: $(JARS) $(BENCHES) build/lib/.done
	@rm -rf build/bench/classes && mkdir -p build/bench/classes
	$(JAVAC) $(TESTLINT) -proc:full -processorpath $(JMH):build/lib/jmh-generator-annprocess-1.37.jar -cp build/modules/uservice.jar:build/modules/uservice.kafka.jar:$(JMH) -d build/bench/classes $(BENCHES)
	$(JDK)/bin/jar --create --file build/bench/process.jar -C build/bench/classes process
	@touch $@

# ---- runtime and image -----------------------------------------------------------------------------------------

# The features to take along: FEATURES="hello redis"; FEATURES= is the chassis alone. AOT=cds gives the same bytes each time.
FEATURES ?= all
AOT      ?= aot

runtime: build ## build/runtime/: bin/java -m uservice and bin/uservice, with the modules named by FEATURES and a trained AOT cache
	@jlink/runtime "$(JDK)" build/modules build/runtime $(AOT) $(FEATURES)
	@du -sb build/runtime | awk '{ printf "build/runtime: %.1f MB\n", $$1 / 1e6 }'

classes: build ## anew: jlink/classes, the classes in the archive that AOT=cds makes
	@jlink/runtime "$(JDK)" build/modules build/training none all
	@for run in 1 2 3; do $(JDK)/bin/java jlink/Train.java build/training -Xshare:off -XX:DumpLoadedClassList=build/training/list$$run >/dev/null || exit 1; done
	@{ echo '# The classes of the archive that AOT=cds makes, as a training run loads them. Written by make classes.'; \
	  cat build/training/list* | sed -e '/^#/d; /^@cp/d; s/ id: .*//' | sort -u; } > jlink/classes && wc -l jlink/classes

# Where the bases cannot be pulled, others: make image JDK_IMAGE=… BASE_IMAGE=…; what the engine needs: BUILD_OPTIONS="--isolation chroot".
IMAGE     ?= uservice:$(VERSION)
REVISION   = $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
BUILDARGS  = --build-arg VERSION=$(VERSION) --build-arg DATE=$(DATE) --build-arg REVISION=$(REVISION) --build-arg AOT=$(AOT) --build-arg FEATURES="$(FEATURES)" \
  $(if $(JDK_IMAGE),--build-arg JDK_IMAGE=$(JDK_IMAGE)) $(if $(BASE_IMAGE),--build-arg BASE_IMAGE=$(BASE_IMAGE)) $(BUILD_OPTIONS)

image: ## the image uservice:VERSION by docker, podman or buildah (ENGINE=… to choose), and build/image.tar, an OCI archive
	@jlink/image "$(IMAGE)" build/image.tar $(DATE) $(BUILDARGS)

reproduce: ## builds jars, runtime and image twice, in other folders, at other times, with another umask and locale, and compares all bytes
	@jlink/reproduce

# ---- guards ----------------------------------------------------------------------------------------------------

layers: build ## compare the edges between packages with the list in the Makefile
	@$(JDK)/bin/jdeps --multi-release base --module-path build/modules -verbose:package $(JARS) \
	  | awk '$$1 ~ /^uservice/ && $$2 == "->" && $$3 ~ /^uservice/ && $$1 != $$3 { print $$1, $$3 }' | sort -u > build/edges
	@awk 'BEGIN { n = split(ENVIRON["LAYERS"], line, "\n"); \
	    for (i = 1; i <= n; i++) { m = split(line[i], word, " +"); from = word[1]; sub(":", "", from); known[from]; \
	      for (j = 2; j <= m; j++) allowed[from, word[j]] } } \
	  { edges++; if (!(($$1, $$2) in allowed)) { bad++; print "layers: " $$1 " -> " $$2 " is not allowed" } } \
	  END { if (!edges) { print "layers: no edges were read"; exit 1 } print edges " edges, " bad + 0 " not allowed"; exit bad > 0 }' build/edges

# What the jars may reach, and how large the chassis and a jar may grow.
REACHED   := java.base java.logging jdk.httpserver jdk.unsupported
CODE_MOST := 13800
JAR_MOST  := uservice.kafka=150000
comma     := ,
space     := $(subst ,, )

AUDIT = --modules build/modules --source src --jdk $(JDK) --out build/audit --version $(VERSION) --date $(DATE) \
  --allowed $(subst $(space),$(comma),$(REACHED)) --code-most $(CODE_MOST) --jar-most $(JAR_MOST) --revision $(REVISION) \
  $(if $(wildcard build/runtime),--runtime build/runtime) $(if $(wildcard build/image.tar),--image build/image.tar)

audit: build/audit/.done ## build/audit/: modules, classes, code, hashes, SBOM, provenance of jars, runtime and image; fails on what must not be there
	@$(JDK)/bin/java -p build/modules --add-modules uservice -cp build/audit/classes audit.Audit $(AUDIT)

build/audit/.done: $(JARS) $(wildcard jlink/audit/*.java)
	@rm -rf build/audit && mkdir -p build/audit/classes
	$(JAVAC) $(DOCLINT) -p build/modules --add-modules uservice -d build/audit/classes jlink/audit/*.java
	@touch $@

doc: build ## build/doc/: the API as HTML
	$(JDK)/bin/javadoc -quiet $(DOCLINT) -Werror --module-source-path src -d build/doc $(MODULES:%=--module %)

clean: ## remove build/
	rm -rf build
