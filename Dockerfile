# The lab as a container: docker compose up, or docker build -t emergence-lab . (see HOSTING.md).
# tests/browser/test_image.py does these very steps where there is no Docker: paths below / are in
# ENV alone, and every command goes by these.
FROM python:3.11.14-slim-bookworm

ENV VIRTUAL_ENV=/opt/lab SOURCES=/opt/sources HOME=/tmp/home EMERGENCE_RESULTS=/var/lib/emergence
ENV PATH=$VIRTUAL_ENV/bin:$PATH PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN python -m venv "$VIRTUAL_ENV"
WORKDIR $SOURCES
COPY requirements.txt ./
RUN pip install -q --require-hashes -r requirements.txt

COPY pyproject.toml setup.py README.md LICENSE app.py ./
COPY .streamlit .streamlit
COPY pages pages
COPY emergence emergence
RUN pip install -q --no-deps --no-build-isolation . && find . -mindepth 1 -delete

# Compiled here: a start on the same kind of processor loads them, and another kind compiles its own.
WORKDIR $VIRTUAL_ENV
RUN emergence-lab --compile && mkdir -p "$EMERGENCE_RESULTS" && chmod 1777 "$EMERGENCE_RESULTS"

USER 10001:10001
VOLUME $EMERGENCE_RESULTS
EXPOSE 8501
HEALTHCHECK --start-period=60s --interval=30s --timeout=5s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/readyz', timeout=4)"]
ENTRYPOINT ["emergence-lab", "--no-browser", "--address", "0.0.0.0", "--port", "8501"]
