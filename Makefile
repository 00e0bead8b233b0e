# make demo    set up, and run the main job on the sample documents
# make test    set up, and run every test
# make check   style, types, and which room may import which
# make services       set up, install and start the servers of docker-compose.yml without containers
# make services-stop  stop them; what they keep stays
# make serve   answer over HTTP from the demo's archive
# make bench   every benchmark (make bench-NAME for one)

PYTHON ?= python3
UV := .tools/bin/uv
RUN := .venv/bin/
# The second OCR engine has an environment of its own, so that all else is tested without it.
PADDLE := .venv-paddle/bin/
FONTS := $(shell cat bench/papers/fonts.txt)
TESSERACT := tesseract-ocr tesseract-ocr-chi-sim tesseract-ocr-eng
PADDLEOCR := .tools/paddleocr/installed
export UV_PYTHON_DOWNLOADS := never
# Importing is a good part of a short command; do the compiling once, here.
export UV_COMPILE_BYTECODE := 1
# One thread a process: the processes are what share the cores.
export OMP_NUM_THREADS := 1

.PHONY: demo test check serve services services-stop bench setup setup-paddle fonts tesseract format
.DEFAULT_GOAL := demo

setup: $(UV)
	@$(UV) sync --frozen --quiet

# Not compiled ahead: that takes longer than the one process that imports it.
setup-paddle: $(UV)
	@UV_PROJECT_ENVIRONMENT=.venv-paddle UV_COMPILE_BYTECODE=0 $(UV) sync --frozen --quiet --extra paddle

$(UV):
	@echo "Setting up (once): fetching uv"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools 'uv==0.13.9'

demo: setup
	@$(RUN)claimkeep demo --home demo-archive --out demo-output

serve: setup
	@test -f demo-archive/claimkeep.toml || $(RUN)claimkeep init --home demo-archive
	@$(RUN)claimkeep serve --home demo-archive

services: setup
	@$(RUN)python -m deploy.native up --toxiproxy

services-stop: setup
	@$(RUN)python -m deploy.native down

test: setup setup-paddle fonts tesseract services
	@$(RUN)pytest --numprocesses 2 --dist loadfile
	@$(PADDLE)pytest -m paddle tests/contract/test_ocr_engine.py tests/integration/test_paddle_engine.py

check: setup
	@$(RUN)ruff check .
	@$(RUN)ruff format --check .
	@$(RUN)mypy
	@$(RUN)lint-imports

format: setup
	@$(RUN)ruff check --fix .
	@$(RUN)ruff format .

# A benchmark that misses its goal exits with 1; the others are run all the same.
bench:
	@$(MAKE) --no-print-directory --keep-going $(patsubst bench/%.py,bench-%,$(filter-out bench/__init__.py bench/results.py,$(wildcard bench/*.py)))

bench-%: setup fonts
	@$(RUN)python -m bench.$*

# The engines that a user could install instead; rapidocr is here already.
bench-ocr: setup fonts tesseract $(PADDLEOCR)
	@$(RUN)python -m bench.ocr $(OPTIONS)

tesseract:
	@dpkg --status $(TESSERACT) >/dev/null 2>&1 || { \
	  echo "Setting up (once): $(TESSERACT)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(TESSERACT) >/dev/null; }

# As its own users install it, with its own OpenCV, which would overwrite this project's; on the same onnxruntime.
$(PADDLEOCR): | setup
	@echo "Setting up (once): paddleocr"
	@$(UV) venv --quiet --clear --python $(RUN)python $(@D)
	@$(UV) pip install --quiet --no-config --python $(@D)/bin/python 'paddleocr==3.7.0' \
	  "onnxruntime==$$($(RUN)python -c 'import onnxruntime; print(onnxruntime.__version__)')"
	@touch $@

# The generator of claim papers writes with Debian's fonts.
fonts:
	@dpkg --status $(FONTS) >/dev/null 2>&1 || { \
	  echo "Setting up (once): fonts $(FONTS)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(FONTS) >/dev/null; }
