# make report   set up, build, and write the reports to _site/
# make test     set up, check format and imports, build, run the tests
# make help     the rest

SWIFT ?= swift
PYTHON ?= python3
FIELDBOOK = .build/release/fieldbook
IMPORTS = --explicit-target-dependency-import-check error
SOURCES = Package.swift Sources Tests

.PHONY: help report test build packages format lint gallery checkpoints benchmark clean

help:
	@sed -n 's/^# //p' Makefile
	@echo "make gallery      build the reports and renew gallery/"
	@echo "make checkpoints  retrain checkpoints/ (Python with PyTorch; about three quarters of an hour)"
	@echo "make benchmark    time against PyTorch, ONNX Runtime, PyDMD, dsa-metric, netrep, ripser, scikit-dimension, pyEDM, umap-learn and nbconvert, see benchmarks/README.md"
	@echo "make format       format the sources"
	@echo "make clean        remove what was built"

packages:
	@tools/system-packages.sh

build: packages
	$(SWIFT) build -c release --product fieldbook --static-swift-stdlib

report: build
	$(FIELDBOOK) build
	@echo "Open _site/spectral-gaps/index.html, _site/bumps/index.html, _site/dynamical-similarity/index.html, _site/delay-embedding/index.html and _site/factorization/index.html"

lint:
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

# The build with the import check still prints "Build complete!" when an import is undeclared; its exit status says so.
test: packages lint
	$(SWIFT) build --build-tests $(IMPORTS)
	$(SWIFT) test --skip-build

format:
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

gallery: build
	$(FIELDBOOK) build --output gallery

checkpoints:
	PYTHON=$(PYTHON) checkpoints/recipes/train_all.sh

benchmark: build
	benchmarks/run.sh

clean:
	rm -rf .build .build-* _site .fieldbook
