# The page for those who deploy: small, without root, for many sessions. Build and start it:
#   docker build -t gradient-flow-explorer .
#   docker run --rm -p 8501:8501 --memory 2g gradient-flow-explorer
# torch is left out: gigabytes on disk and 200 MB of memory, for a second backend that the page can do without.
FROM python:3.11.14-slim-bookworm

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin explorer

WORKDIR /app
COPY requirements.txt ./
RUN grep -v '^torch' requirements.txt > /tmp/without-torch.txt \
    && python -m pip install --no-cache-dir --disable-pip-version-check -r /tmp/without-torch.txt \
    && rm /tmp/without-torch.txt
COPY .streamlit ./.streamlit
COPY presets ./presets
COPY explorer ./explorer
COPY app.py ./

# One memory arena for all threads, and 128 MiB of arrays for one run: as explorer/cli/serve_class.py.
ENV MALLOC_ARENA_MAX=1 EXPLORER_MEMORY_BUDGET=134217728 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1

USER 10001
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501", "--server.headless", "true"]
