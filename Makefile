PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: demo test lint install clean

install: $(VENV)/.installed

# Reinstalls only when a requirements file changed.
$(VENV)/.installed: requirements.txt requirements-common.txt requirements-dev.txt
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	touch $@

lint: install
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

test: lint
	$(RUN) -m pytest

clean:
	rm -rf demo checkpoint index
