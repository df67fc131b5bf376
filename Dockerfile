# One image for the site, its worker and its commands. How to run it: compose.yaml and docs/operations.md.
#
# BASE_IMAGE is any Debian with python3 (3.11 or newer) and its venv module.
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /app
COPY requirements.txt ./
# Only wheels: a source package would run its own, unpinned build. Behind a mirror of PyPI hand over a pip.conf
# (secret "pip") and its certificates (secret "certificates"); neither is left in the image, nor is pip.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    --mount=type=secret,id=certificates,target=/run/secrets/certificates \
    if [ -s /run/secrets/certificates ]; then export PIP_CERT=/run/secrets/certificates; fi \
    && python3 -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --quiet --no-cache-dir --no-input --disable-pip-version-check \
       --no-compile --no-deps --require-hashes --only-binary :all: -r requirements.txt \
    && /opt/venv/bin/python -m pip uninstall --quiet --yes setuptools pip
COPY . ./
# ENVIRONMENT=build needs neither keys nor a database. What the site writes later is in /data: nothing here is writable.
RUN ENVIRONMENT=build STATIC_ROOT=/app/static /opt/venv/bin/python site/manage.py collectstatic --noinput --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q -j 0 . /opt/venv/lib \
    && chmod -R a+rX,go-w /app /opt/venv

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="A digital house for citizen participation" \
      org.opencontainers.image.licenses="EUPL-1.2"
# Numbers, so that a cluster can see that it is not root. The base image's own pip has no work here.
RUN groupadd --gid 10001 house \
    && useradd --uid 10001 --gid house --no-create-home --home-dir /tmp --shell /usr/sbin/nologin house \
    && install --directory --owner house --group house --mode 0750 /data \
    && rm -rf /usr/local/bin/pip* /usr/local/lib/python3.*/site-packages/pip*
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# As "production" it refuses to start until every setting is sound (docs/settings.md).
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static \
    ENVIRONMENT=production \
    PORT=8000
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["python", "site/healthcheck.py", "site"]
CMD ["gunicorn", "--pythonpath", "site,.", "--threads", "4", "--no-control-socket", "config.wsgi"]
