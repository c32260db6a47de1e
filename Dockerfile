# One image for the web processes, the workers and the migration: the command chooses (docs/deploy.md).
# The database is somebody else's: no PostgreSQL server is in it.
FROM python:3.12-slim AS packages
COPY requirements/production.txt /tmp/production.txt
RUN python -m venv /opt/convergence/.venv \
    && /opt/convergence/.venv/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: \
       --requirement /tmp/production.txt

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin convergence \
    && install --directory --owner convergence --group convergence /var/lib/convergence
COPY --from=packages /opt/convergence/.venv /opt/convergence/.venv
COPY src /opt/convergence/src
COPY LICENSE pyproject.toml /opt/convergence/
RUN echo /opt/convergence/src > "$(/opt/convergence/.venv/bin/python -c \
    'import sysconfig; print(sysconfig.get_path("purelib"))')/convergence.pth" \
    && /opt/convergence/.venv/bin/python -m compileall -q /opt/convergence/src
ENV PATH=/opt/convergence/.venv/bin:$PATH \
    PYTHONUTF8=1 \
    CONVERGENCE_DATA=/var/lib/convergence
# The static files are part of the image; the placeholders are for this step only and open nothing.
RUN CONVERGENCE_SECRET_KEY=build CONVERGENCE_MASTER_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgresql:///build python -m convergence manage collectstatic --no-input
USER convergence
WORKDIR /opt/convergence
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/sante/vie', timeout=4)"]
CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--workers-kill-timeout", "20", \
     "--no-ws", "--log-level", "warning", \
     "convergence.platform.wsgi:application"]
