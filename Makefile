# On a machine with GPUs: make demo REQUIREMENTS=requirements-gpu.txt, from a folder without .venv.
PYTHON ?= python3
REQUIREMENTS ?= requirements.txt
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: demo test test-library test-scripts lint install browser lock sbom clean

install: $(VENV)/.installed

# Reinstalls only when a requirements file changed.
$(VENV)/.installed: $(REQUIREMENTS) requirements-base.txt requirements-common.txt \
		requirements-dev.txt requirements-onnx-export.txt requirements-openvino.txt requirements-ray.txt
	$(RUN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $(REQUIREMENTS) -r requirements-dev.txt
	touch $@

lint: install
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/hadolint Dockerfile

# Two halves that take about as long, side by side: a test keeps one core busy most of the time.
test: lint browser
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target test-library test-scripts

test-library:
	$(RUN) -m pytest tests/ocr tests/browser

test-scripts:
	$(RUN) -m pytest --ignore tests/ocr --ignore tests/browser

# Debian's chromium, in which the tests look at the page of app.py; installed where apt-get is and may.
browser:
	@command -v chromium >/dev/null || ! command -v apt-get >/dev/null || [ "$$(id -u)" != 0 ] || \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		chromium fonts-liberation; } >/dev/null

# Read with the shipped model; then draw words, train a small model on them, score it on words it has not seen, freeze it,
# read a folder.
demo: install
	rm -rf demo
	$(RUN) test.py --img_folder imgs/words --output_path demo/shipped
	$(RUN) synthesize.py --recipe digits --num_samples 20000 --seed 1 --output_path demo/train
	$(RUN) synthesize.py --recipe digits --num_samples 500 --seed 2 --output_path demo/unseen
	$(RUN) synthesize.py --recipe digits --num_samples 24 --seed 3 --output_path demo/folder
	$(RUN) dataset.py --train_datasets digits=demo/train --eval_datasets unseen=demo/unseen --index_dir demo/index \
		--charset_path digits
	$(RUN) train.py --preset compact --train_datasets digits=demo/train --index_dir demo/index \
		--charset_path digits --checkpoint_path demo/checkpoint
	$(RUN) eval.py --checkpoint_path demo/checkpoint --eval_datasets unseen=demo/unseen --index_dir demo/index \
		--output_path demo/scores
	$(RUN) export.py --checkpoint_path demo/checkpoint --pb_path demo/text_recognition.pb
	$(RUN) test.py --pb_path demo/text_recognition.pb --img_folder demo/folder \
		--polygons_path demo/folder/labels.jsonl --output_path demo/results --picture_dir demo/attention

# The container's packages with their hashes: the versions of constraints.txt, for Python 3.11 to 3.13 on all systems.
COMPILE = $(VENV)/bin/uv pip compile --quiet -c constraints.txt --generate-hashes --universal --python-version 3.11 \
	--custom-compile-command 'make lock'
lock: install
	$(COMPILE) requirements.txt -o requirements.lock
	$(COMPILE) requirements-onnx.txt -o requirements-onnx.lock

# A bill of materials of a release, in CycloneDX's format.
sbom: install
	$(VENV)/bin/uv tool run --from 'cyclonedx-bom>=7,<8' cyclonedx-py requirements requirements.lock \
		--output-reproducible -o sbom.cdx.json

clean:
	rm -rf demo checkpoint checkpoint_latin index
