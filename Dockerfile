# The server (app.py) in a container: for CPUs, for CPUs without TensorFlow (the target onnx), and for NVIDIA GPUs (the
# target gpu). See docs/serving.md.
#
#   docker build -t attention-ocr .                      docker build -t attention-ocr:onnx --target onnx .
#   docker run --rm -p 127.0.0.1:5000:5000 attention-ocr
#
# The digest is that of the index of all architectures. Another base: --build-arg PYTHON=3.13-slim-bookworm

ARG PYTHON=3.12.14-slim-bookworm@sha256:0f5b26b9518d002b6173fd61daad821fa340635ebfec5bba471013f9ca114579

FROM python:${PYTHON} AS cpu-packages
WORKDIR /packages
COPY requirements.lock ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes -r requirements.lock

FROM python:${PYTHON} AS onnx-packages
WORKDIR /packages
COPY requirements-onnx.lock ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes -r requirements-onnx.lock

# TensorFlow's packages bring CUDA; the driver comes from the host, by NVIDIA's container toolkit.
# The versions here are bounded by the ranges of the requirements alone: the locks are of the CPU's.
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

FROM server AS onnx
COPY --from=onnx-packages /opt/venv /opt/venv

FROM server AS cpu
COPY --from=cpu-packages /opt/venv /opt/venv
