# The server (app.py) in a container, for CPUs and, as the target gpu, for NVIDIA GPUs. See docs/serving.md.
#
#   docker build -t attention-ocr .                      docker build -t attention-ocr:gpu --target gpu .
#   docker run --rm -p 127.0.0.1:5000:5000 attention-ocr
#
# PYTHON takes a digest too, which `docker buildx imagetools inspect python:3.12.8-slim-bookworm` says:
#   --build-arg PYTHON=3.12.8-slim-bookworm@sha256:...

ARG PYTHON=3.12.8-slim-bookworm

FROM python:${PYTHON} AS cpu-packages
WORKDIR /packages
COPY requirements.lock ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes -r requirements.lock

# TensorFlow's packages bring CUDA; the driver comes from the host, by NVIDIA's container toolkit.
# The versions here are bounded by the ranges of the requirements alone: requirements.lock is of the CPU's.
FROM python:${PYTHON} AS gpu-packages
WORKDIR /packages
COPY requirements-gpu.txt requirements-common.txt requirements-base.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check -r requirements-gpu.txt

FROM python:${PYTHON} AS server
RUN groupadd --system --gid 10001 ocr \
    && useradd --system --uid 10001 --gid ocr --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ocr
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /app
COPY LICENSE app.py export.py ./
COPY ocr ./ocr
COPY pretrain ./pretrain
COPY imgs/words ./imgs/words
USER 10001:10001
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:5000/healthz', timeout=4)"]
# Inside the container all addresses; which of the host's reach it, `docker run -p` says.
ENTRYPOINT ["python", "app.py", "--host", "0.0.0.0", "--port", "5000"]

FROM server AS gpu
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=gpu-packages /opt/venv /opt/venv

FROM server AS cpu
COPY --from=cpu-packages /opt/venv /opt/venv
